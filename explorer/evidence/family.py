"""Evidence of chapter 12, 家族: reinforcement learning on the small language, the page's own runs; weights counted.

Knows the claims, their sources and how each is measured through the engine. It knows no page; torch is imported where
something exact is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import numpy as np

from explorer.content import comparisons
from explorer.engine import get_engine
from explorer.evidence import texts
from explorer.evidence.texts import OWN, Row
from explorer.lab.types import toy_language as toy
from explorer.lab.types.arrays import Floats, Ids
from explorer.lab.types.gpt_line import COUNT, LINE, CountInputs, GemmaShape, count, count_gemma
from explorer.lab.types.norms import LOSSES, NORMS, SIZES, LossesInputs, LossesResult, NormsInputs
from explorer.lab.types.rlhf import SFT, TUNE, Choice, SftInputs, TuneResult, run_of
from explorer.models.catalog import catalog

GAO = "Gao, Schulman & Hilton 2022 (arXiv 2210.10760), § 3"
OUYANG = "Ouyang et al. 2022, InstructGPT (arXiv 2203.02155), § 5.2"
PAPERS = "Radford et al. 2018, § 4.1; Radford et al. 2019, Table 2; Brown et al. 2020 (arXiv 2005.14165), Table 2.1"
COUNTED = {"gpt1": 116.5, "gpt2s": 124.4, "gpt2m": 354.8, "gpt2l": 774.0, "gpt2xl": 1557.6, "gpt3": 174_604.0}  # M
XIONG = "Xiong et al. 2020 (arXiv 2002.04745), § 3"
RADFORD = "Radford et al. 2018, § 3.2"
SEEDS, PANEL_SEEDS, READERS, NORM_SEEDS = 10, 5, 5, 5  # of RLHF's three steps, with the dials as the page opens
TOY = "toy_language.py, 63 words"


def measure(data: Path | None) -> Iterator[Row]:
    """The chapter's rows; a data folder adds nothing, because all texts are the small language's own."""
    yield _row("count_exact", float(counts_agree()), 1, len(COUNTED) + 1, "gpt_line.py", source=PAPERS,
               model=catalog.default("causal").id)  # fmt: skip
    yield _row("norm_nearer", norms_nearer(range(NORM_SEEDS)), NORM_SEEDS, NORM_SEEDS, source=f"{XIONG}, Fig. 3")
    yield _row("norm_last", last_is_larger(range(NORM_SEEDS)), NORM_SEEDS, NORM_SEEDS, source=f"{XIONG}, Theorem 1")
    yield _row("norm_falls", post_falls(range(NORM_SEEDS)), NORM_SEEDS, NORM_SEEDS, source=XIONG)
    without, beside = (two_losses(weight) for weight in (0.0, 0.5))
    yield _row("two_losses", beside.after, without.after, 400, op="<", source=RADFORD,
               words={"without": without.accuracy, "beside": beside.accuracy})  # fmt: skip
    leashed = [run(seed) for seed in range(SEEDS)]
    yield _row("reward_rises", sum(map(rises, leashed)), SEEDS, SEEDS)
    yield _row("leash", sum(map(improves, leashed)), 8, SEEDS)
    yield _row("hacking", sum(hacks(run(seed, beta=0.0)) for seed in range(SEEDS)), 8, SEEDS, source=GAO)
    yield _row("two_panels", panels_agree(range(PANEL_SEEDS)), PANEL_SEEDS, PANEL_SEEDS, source=OUYANG)
    yield _row("reader_counts", readers_count(range(READERS)), READERS, READERS)


def norms_nearer(seeds: range) -> int:
    """The number of seeds with which pre-LN's gradient norm, first ÷ last layer, is nearer to 1 than post-LN's."""
    found = [get_engine().run(NORMS, None, NormsInputs(steps=1, seed=seed)).result for seed in seeds]
    return sum(_off(one.pre) < _off(one.post) for one in found)


def last_is_larger(seeds: range) -> int:
    """The number of seeds with which the last layer's gradient is as Xiong et al. prove of it.

    Post-LN's is larger than pre-LN's with 4 layers and with 8, and pre-LN's is smaller with 8 than with 4.
    """
    held = []
    for seed in seeds:
        few, many = (get_engine().run(NORMS, None, NormsInputs(n, steps=1, seed=seed)).result for n in SIZES)
        larger = all(one.post[-1] > one.pre[-1] for one in (few, many))
        held.append(bool(larger and many.pre[-1] < few.pre[-1]))
    return sum(held)


def post_falls(seeds: range) -> int:
    """The number of seeds with which pre-LN ends below post-LN by a nat a word: the page's own rate, no warm-up."""
    found = [get_engine().run(NORMS, None, NormsInputs(seed=seed)).result for seed in seeds]
    return sum(bool(one.post_losses[-5:].mean() - one.pre_losses[-5:].mean() > 1) for one in found)


def _off(gradients: Floats) -> float:
    """How far first ÷ last is from 1; a half is as far as two."""
    return abs(math.log(float(gradients[0] / gradients[-1])))


def two_losses(weight: float) -> LossesResult:
    """Fine-tuned with λ = `weight`."""
    return get_engine().run(LOSSES, None, LossesInputs(SFT.ref(SftInputs()), weight)).result


def run(seed: int, panel: str = "polite", beta: float | None = None) -> TuneResult:
    """The three steps to the end for a ready panel; β the page's own unless it is given."""
    three = run_of(toy.PANELS[panel], seed=seed) if beta is None else run_of(toy.PANELS[panel], seed=seed, beta=beta)
    return get_engine().run(TUNE, None, three.tune).result


def rises(found: TuneResult) -> bool:
    """Whether the reward model scores the policy higher at the end than at the beginning."""
    return bool(found.curves[-1, 0] > found.curves[0, 0])


def improves(found: TuneResult) -> bool:
    """Whether the true rule does."""
    return bool(found.curves[-1, 1] > found.curves[0, 1])


def hacks(found: TuneResult) -> bool:
    """Whether the reward model's score rises while the true rule's falls."""
    return rises(found) and not improves(found)


def panels_agree(seeds: range) -> int:
    """The number of seeds with which each panel prefers its own policy's answers to those of the other's policy."""
    names = ("polite", "vivid")
    held = []
    for seed in seeds:
        a, b = (run(seed, name).answers for name in names)
        held.append(wins(a, b, toy.PANELS[names[0]]) > 0.5 and wins(b, a, toy.PANELS[names[1]]) > 0.5)
    return sum(held)


def readers_count(seeds: range) -> int:
    """The number of pairs of readers with opposite choices of whom each prefers the policy of the own choices.

    Each pair judges all comparisons by a taste drawn at random, and by its opposite; the training's seed is the same.
    """
    held = []
    for seed in seeds:
        choices = drawn_choices(seed)
        opposite = tuple(comparisons.LEFT + comparisons.RIGHT - choice for choice in choices)
        rules = [comparisons.weights(made) for made in (choices, opposite)]
        answers = [
            get_engine().run(TUNE, None, run_of(rule, comparisons.chosen(made), seed=0).tune).result.answers
            for rule, made in zip(rules, (choices, opposite), strict=True)
        ]
        held.append(wins(answers[0], answers[1], rules[0]) > 0.5 and wins(answers[1], answers[0], rules[1]) > 0.5)
    return sum(held)


def drawn_choices(seed: int) -> tuple[int, ...]:
    """What a reader with a taste of the four features, drawn by `seed`, chooses on the page's pairs."""
    random = Random(seed)
    taste = [random.gauss(0, 1) for _ in toy.FEATURES]

    def side(pair: Choice) -> int:
        gap = float(np.dot(taste, toy.features(pair.better) - toy.features(pair.worse)))
        return comparisons.LEFT if gap > 0 else comparisons.RIGHT

    return tuple(side(pair) for pair in comparisons.pairs("zh"))


def wins(own: Ids, other: Ids, weights: tuple[float, ...]) -> float:
    """How often a rule prefers the answers `own`, a draw counting half."""
    a, b = ([toy.score(weights, row[0], row[1:]) for row in rows.tolist()] for rows in (own, other))
    return float(np.mean([(x > y) + 0.5 * (x == y) for x, y in zip(a, b, strict=True)]))


def counts_agree() -> bool:
    """Whether each model of the line, and the built-in one, has as many weights as its numbers say (to 1 in 1,000)."""
    found = {name: count(spec).total / 1e6 for name, spec in LINE.items() if spec and name in COUNTED}
    real = get_engine().run(COUNT, catalog.default("causal").id, CountInputs()).result
    near = all(abs(found[name] / COUNTED[name] - 1) < 1e-3 for name in COUNTED)
    return near and real == count_gemma(GemmaShape())


def _row(
    name: str, measured: float, target: float, n: int, data: str = TOY, *, op: str = ">=", source: str = OWN,
    model: str = "", words: Mapping[str, float] | None = None,
) -> Row:  # fmt: skip
    return texts.row(
        "family", model, id=f"family.{name}", source=source, measured=measured, op=op, target=target, n=n, data=data,
        words={"n": n, **(words or {})},
    )  # fmt: skip
