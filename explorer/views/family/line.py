"""一条线上的数字: GPT-1 to GPT-4, what was published of each, drawn to scale and its weights counted.

It knows the published specifications, and the built-in model's own count to hold the formula against.
"""

from __future__ import annotations

import streamlit as st

from explorer.engine import catalog
from explorer.figures import stacks
from explorer.lab.types.gpt_line import COUNT, LINE, Count, CountInputs, GemmaShape, Specification, count, count_gemma
from explorer.ui import page_parts, widgets
from explorer.ui.i18n import language, t
from explorer.ui.numbers import percent, thousands
from explorer.views._shared.page import Snippet
from explorer.views.family import common
from explorer.views.family.common import MODELS, NAMES, State

PARTS = ("embedding", "attention", "forward", "norms")
FACTS = ("batch", "text", "objective", "new")
NUMBERS = ("layers", "width", "heads", "context", "vocabulary")
GPT2 = "Radford et al. 2019, Table 2, § 2.1–2.3; heads: openai/gpt-2, hparams.json"
SOURCES = {
    "gpt1": "Radford et al. 2018, § 4.1; vocabulary file (40,478)",
    "gpt2s": GPT2,
    "gpt2m": GPT2,
    "gpt2l": GPT2,
    "gpt2xl": GPT2,
    "gpt3": "Brown et al. 2020 (arXiv 2005.14165), Tables 2.1 and 2.2, § 2",
    "instruct": "Ouyang et al. 2022 (arXiv 2203.02155), § 3, Table 6",
    "chatgpt": "OpenAI 2022, Introducing ChatGPT",
    "gpt4": "OpenAI 2023 (arXiv 2303.08774), § 2; help.openai.com, article 7127966 (context)",
}
KNOWN = {("gpt4", "context"): "8,000 / 32,000"}  # published of a model whose shape was not
TIMELINE = {
    "lstm": ("2015-11", "Dai & Le, arXiv 1511.01432"),
    "elmo": ("2018-02", "Peters et al., arXiv 1802.05365"),
    "gpt1": ("2018-06", "Radford et al. 2018"),
    "bert": ("2018-10", "Devlin et al., arXiv 1810.04805"),
    "gpt2": ("2019-02", "Radford et al. 2019"),
    "t5": ("2019-10", "Raffel et al., arXiv 1910.10683"),
    "gpt3": ("2020-05", "Brown et al., arXiv 2005.14165"),
    "instruct": ("2022-03", "Ouyang et al., arXiv 2203.02155"),
    "chatgpt": ("2022-11", "OpenAI 2022"),
    "gpt4": ("2023-03", "OpenAI, arXiv 2303.08774"),
}


def draw(state: State) -> Snippet | None:
    page_parts.section("family.line")
    widgets.choice(
        "family-model", t("family.line.which"), MODELS, state.model, NAMES.__getitem__,
        lambda name: common.store().set(model=name),
    )  # fmt: skip
    spec = LINE[state.model]
    left, right = st.columns([1, 1], gap="large")
    with left:
        _facts(state.model, spec)
    with right:
        if spec is None:
            page_parts.notice("family.line.unpublished")
        else:
            _stack(state.model)
    if spec is not None:
        _sum(state.model, spec)
    _checked()
    page_parts.subtitle(t("family.timeline.title"))
    head = (t(f"family.timeline.{part}") for part in ("month", "what", "sees", "source"))
    page_parts.table([*head], [
        (month.replace("-", "\u2011"), t(f"family.timeline.what_{stop}"), t(f"family.timeline.sees_{stop}"), source)
        for stop, (month, source) in TIMELINE.items()
    ])  # fmt: skip
    page_parts.honesty("family.line.honesty")
    if spec is None:
        return None
    shape = (spec.layers, spec.width, spec.heads, spec.context, spec.vocabulary, spec.final_norm)
    return Snippet("family_line", catalog.default("causal"), shape=shape)


def _facts(name: str, spec: Specification | None) -> None:
    unknown = t("family.line.unknown")
    rows = [(t("family.line.when"), t(f"family.line.{name}.when"))]
    rows.append((t("family.line.parameters"), unknown if spec is None else _printed(spec)))
    for one in NUMBERS:
        rows.append(
            (t(f"family.line.{one}"), thousands(getattr(spec, one)) if spec else KNOWN.get((name, one), unknown))
        )
    rows += [(t(f"family.line.{fact}"), t(f"family.line.{name}.{fact}")) for fact in FACTS]
    rows.append((t("family.line.source"), SOURCES[name]))
    page_parts.table((t("family.line.fact"), NAMES[name]), rows)


def _printed(spec: Specification) -> str:
    """The number of weights that the paper prints."""
    if not spec.printed:
        return t("family.line.not_printed")
    return f"{spec.printed / 1000:g}B" if spec.printed >= 10_000 else f"{spec.printed:,.0f}M"


def _stack(chosen: str) -> None:
    shapes = {NAMES[name]: (spec.width, spec.layers) for name, spec in LINE.items() if spec}
    page_parts.plot(
        stacks.to_scale(shapes, NAMES[chosen], (t("family.line.width"), t("family.line.layers"))),
        "family-stack", t("family.line.stack_caption"),
        "; ".join(f"{name}: {width} × {layers}" for name, (width, layers) in shapes.items()),
    )  # fmt: skip


def _sum(name: str, spec: Specification) -> None:
    """The weights, counted from the numbers: each part with its formula."""
    found = count(spec)
    d = thousands(spec.width)
    values = {
        "d": d, "layers": spec.layers, "vocabulary": thousands(spec.vocabulary), "context": thousands(spec.context),
    }  # fmt: skip
    formulas = {part: t(f"family.line.formula_{part}", **values) for part in PARTS}
    if spec.final_norm:
        formulas["norms"] += t("family.line.formula_last")
    page_parts.subtitle(t("family.line.sum", model=NAMES[name], n=_size(found.total)))
    page_parts.table(
        (t("family.line.part"), t("family.line.formula"), t("family.line.weights"), t("family.line.share")),
        [
            (t(f"family.line.part_{part}"), formulas[part], thousands(getattr(found, part)),
             percent(getattr(found, part) / found.total))
            for part in PARTS
        ],
        numeric=(2, 3),
    )  # fmt: skip
    if spec.corrected:
        page_parts.quiet(t("family.line.misprint", printed=f"{spec.printed:,.0f}", n=f"{found.total / 1e6:,.0f}",
                           corrected=f"{spec.corrected:,.0f}"))  # fmt: skip


def _checked() -> None:
    """The same way of counting held against the built-in model's own tensors."""
    model = catalog.default("causal")
    answer = widgets.run(COUNT, model.id, CountInputs())
    real, told = answer.result, count_gemma(GemmaShape())
    page_parts.subtitle(t("family.line.check", model=model.name))
    page_parts.table(
        (t("family.line.part"), t("family.line.counted"), t("family.line.real")),
        [
            *((t(f"family.line.part_{part}"), thousands(getattr(told, part)), thousands(getattr(real, part)))
              for part in PARTS),
            (t("family.line.total"), thousands(told.total), thousands(real.total)),
        ],
        numeric=(1, 2),
    )  # fmt: skip
    page_parts.quiet(t("family.line.same" if told == real else "family.line.differs"))
    names = [t(f"family.line.part_{part}") for part in PARTS]
    rows = [(NAMES[one], _shares(count(spec))) for one, spec in LINE.items() if spec and one != "instruct"]
    page_parts.plot(
        stacks.parts([*rows, (model.name, _shares(real))], names), "family-parts", t("family.line.parts_caption"),
        "; ".join(f"{name}: {percent(shares[0])} {names[0]}" for name, shares in [*rows, (model.name, _shares(real))]),
    )  # fmt: skip
    page_parts.computed(answer.seconds, fetched=answer.fetched, model=model)


def _shares(found: Count) -> list[float]:
    return [getattr(found, part) / found.total for part in PARTS]


def _size(n: int) -> str:
    """A number of weights as the language counts them, to two digits of 亿 or one of M or B."""
    if language() == "zh":
        return f"{n / 1e8:,.2f} 亿"
    return f"{n / 1e9:.1f} B" if n >= 10**10 else f"{n / 1e6:.1f} M"
