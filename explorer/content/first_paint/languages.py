"""跨语言 before it is touched: the survey, what is measured with it from 中文 to English and back, and the example."""

from __future__ import annotations

from explorer.content import corpora
from explorer.content.examples import LANGUAGES, Asked, entry
from explorer.lab.types import languages


def asked() -> list[Asked]:
    from explorer.engine import catalog, get_engine

    model = catalog.default("masked").id
    digest = corpora.digest()
    look = languages.SurveyInputs(digest)
    n_layers = get_engine().facts(model).n_layers
    wanted: list[Asked] = [(languages.SURVEY, model, look)]
    for source, target in (("en", "zh"), ("zh", "en")):
        profile = languages.profile_inputs(digest, source, target, n_layers)
        best = languages.best_of(get_engine().run(languages.AVERAGE, model, profile).result)
        curves = languages.curve_inputs(digest, source, target, best)
        wanted += [(languages.AVERAGE, model, inputs) for inputs in (profile, *curves)]
    layers = tuple(range(n_layers + 1))
    for text, target in {
        (entry("languages", "default", lang)["text"], entry("languages", "default", lang)["target"])
        for lang in LANGUAGES
    }:
        wanted.append((languages.SHIFT_ALL, model, languages.shift_inputs(digest, text, "en", target, layers)))
    return wanted
