"""Inputs and results of the three steps of RLHF on a small language (chapter 12, 家族).

Rows of tokens are numbers of `toy_language.WORDS`; rewards of the model are scaled so that the supervised policy's
answers have mean 0 and deviation 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.lab.types.arrays import Doubles, Floats, Ids
from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment, Ref

Method = Literal["ppo", "rloo"]
SFT_STEPS = 400
JUDGED, HELD_OUT = 300, 200  # pairs that the panel judges: to learn from, to test with
UPDATES, EPISODES = 40, 128
DEFAULT_BETA = 0.1
DEFAULT_RATE = 1e-3
SHOWN = 6  # answers that are watched as they change
MOST_N = 64  # of best-of-n


@wire("family/sft-inputs")
@dataclass(frozen=True)
class SftInputs:
    """Step 1: learn to write like the demonstrations."""

    seed: int = 0
    steps: int = SFT_STEPS


@wire("family/sft-result")
@dataclass(frozen=True)
class SftResult:
    """losses[step], nats a word; weights: the policy, flat; samples[n, tokens]: what it writes, question first."""

    losses: Floats
    weights: Floats
    samples: Ids


@wire("family/sft-step")
@dataclass(frozen=True)
class SftStep:
    """After `step` of `total` steps; `sample` is a row that the policy wrote just now, empty where it wrote none."""

    step: int
    total: int
    loss: float
    sample: tuple[int, ...]


@wire("family/choice")
@dataclass(frozen=True)
class Choice:
    """One question, and of two answers to it the one that was liked better."""

    prompt: int
    better: tuple[int, ...]
    worse: tuple[int, ...]


@wire("family/reward-inputs")
@dataclass(frozen=True)
class RewardInputs:
    """Step 2: a reward model from comparisons, judged by the rule with these weights, and from `own` choices."""

    sft: Ref[SftResult]
    weights: tuple[float, ...]
    own: tuple[Choice, ...] = ()
    seed: int = 0


@wire("family/reward-result")
@dataclass(frozen=True)
class RewardResult:
    """A reward model.

    weights          flat, its scalar head last; mean, scale: (score − mean) / scale is the reward
    losses[epoch]    Bradley–Terry, nats a pair
    accuracy[epoch]  on the held-out pairs as the panel judged them; clean: of those pairs as the rule without noise
    ceiling          what the noise-free rule itself reaches on the held-out pairs
    """

    weights: Floats
    mean: float
    scale: float
    losses: Floats
    accuracy: Floats
    clean: float
    ceiling: float


@wire("family/reward-step")
@dataclass(frozen=True)
class RewardStep:
    """After `step` of `total` epochs."""

    step: int
    total: int
    loss: float
    accuracy: float


@wire("family/tune-inputs")
@dataclass(frozen=True)
class TuneInputs:
    """Step 3: change the policy towards reward − β · KL.

    weights  the true rule, which only looks on; method: one of `Method`
    """

    sft: Ref[SftResult]
    reward: Ref[RewardResult]
    weights: tuple[float, ...]
    beta: float = DEFAULT_BETA
    rate: float = DEFAULT_RATE
    method: str = "ppo"
    seed: int = 0
    updates: int = UPDATES


@wire("family/tune-step")
@dataclass(frozen=True)
class TuneStep:
    """The policy before update `step` of `total`; step = total: at the end.

    reward  mean of the reward model on this update's answers; rule: of the true rule, per answer
    kl      nats an answer: Σ KL(π ‖ π_ref) of each next word, their mean; entropy: nats a word; length: words
    moved   the word whose mean log-ratio is farthest from 0, and that ratio (nats)
    shown   answers to the same questions, drawn with the same random numbers
    """

    step: int
    total: int
    reward: float
    rule: float
    kl: float
    entropy: float
    length: float
    moved: int
    ratio: float
    shown: tuple[tuple[int, ...], ...]


@wire("family/tune-result")
@dataclass(frozen=True)
class TuneResult:
    """All steps, and what came of it.

    curves[step, 5]   reward, rule, KL, entropy, length
    moved[step], ratio[step], shown[step, SHOWN, tokens]
    answers[n, tokens]  the policy's at the end; before[n, tokens]: π_ref's to the same questions
    log_ratio[SHOWN, tokens − 1]  ln π / π_ref of every word of the last `shown`
    best_of[n, 3]     for n = 1, 2, 4, … MOST_N: exact KL of best-of-n, reward, rule (π_ref's answers, best by reward)
    diverged          the update whose numbers were no longer finite, 0 if none: the policy before it is the one kept
    far               whether it was ended because KL was beyond the bound
    """

    curves: Doubles
    moved: Ids
    ratio: Floats
    shown: Ids
    answers: Ids
    before: Ids
    log_ratio: Floats
    best_of: Doubles
    diverged: int
    far: bool


SFT = Experiment[SftInputs, SftResult, SftStep]("family/sft", version=1, kind="stream", runs="here", trains=True)
REWARD = Experiment[RewardInputs, RewardResult, RewardStep](
    "family/reward", version=1, kind="stream", runs="here", trains=True, uses_results=True
)
TUNE = Experiment[TuneInputs, TuneResult, TuneStep](
    "family/tune", version=1, kind="stream", runs="here", trains=True, uses_results=True
)


@wire("family/run")
@dataclass(frozen=True)
class Run:
    """The inputs of the three steps of one run."""

    sft: SftInputs
    reward: RewardInputs
    tune: TuneInputs


def run_of(
    weights: tuple[float, ...],
    own: tuple[Choice, ...] = (),
    *,
    beta: float = DEFAULT_BETA,
    rate: float = DEFAULT_RATE,
    method: Method = "ppo",
    seed: int = 0,
) -> Run:
    """The three steps for one taste: its rule's weights and the choices they were fitted to."""
    sft = SftInputs(seed)
    reward = RewardInputs(SFT.ref(sft), weights, own, seed)
    return Run(sft, reward, TuneInputs(SFT.ref(sft), REWARD.ref(reward), weights, beta, rate, method, seed))
