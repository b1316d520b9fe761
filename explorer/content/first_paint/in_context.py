"""语境学习 before it is touched: the example's answers at the page's k and as k grows, every task, heads, scaling."""

from __future__ import annotations

from explorer.content import minimal_pairs, tasks
from explorer.content.examples import LANGUAGES, Asked
from explorer.content.measured import BESIDE, measured, names
from explorer.lab.types.in_context import ANSWERS, CURVE, TABLE, AnswersInputs, Prompt
from explorer.lab.types.induction import INDUCTION, InductionInputs
from explorer.lab.types.likelihood import LIKELIHOOD, LikelihoodInputs
from explorer.lab.types.scaling import SCALING, ScalingInputs

K = 4


def asked() -> list[Asked]:
    from explorer.engine import catalog

    model = catalog.default_for("in_context").id
    found: list[Asked] = []
    for lang in LANGUAGES:
        task = tasks.usual(lang)
        rows, (query, answer) = tasks.shown(task)
        given = tasks.candidates(rows, answer)
        whole = Prompt(tasks.line(task), rows, query)
        found.append((ANSWERS, model, AnswersInputs(whole.shots(K), given)))
        found.append((CURVE, model, AnswersInputs(whole, given)))
        pair = minimal_pairs.pairs(lang)[0]
        found.append((LIKELIHOOD, model, LikelihoodInputs((pair.good, pair.bad))))
        found.append((LIKELIHOOD, model, LikelihoodInputs(minimal_pairs.texts(lang))))
    found += [(TABLE, model, measured(name)) for name in names()]
    return [*found, (INDUCTION, model, InductionInputs()), (SCALING, None, ScalingInputs())]


def beside() -> list[Asked]:
    """Every task and our own sentences, asked of other models."""
    found: list[Asked] = []
    for model in BESIDE:
        found += [(TABLE, model, measured(name)) for name in names()]
        found += [(LIKELIHOOD, model, LikelihoodInputs(minimal_pairs.texts(lang))) for lang in LANGUAGES]
    return found
