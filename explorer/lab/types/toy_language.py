"""A language of 63 words for the three steps of RLHF: its words, its grammar, and the rules by which panels judge.

Pure Python and NumPy. A prompt is one word, a question; an answer is a row of words and ends with END. Every word is of
one language; what a panel looks at is the same in both.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np

from explorer.lab.types.arrays import Doubles
from explorer.lab.types.codec import wire

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
LONGEST = 16  # words of an answer, END included

KINDS: dict[str, tuple[tuple[str, str], ...]] = {  # kind: (Chinese, English) of every word
    "prompt": (("天气？", "The weather?"), ("晚饭？", "Dinner?"), ("小猫？", "The kitten?"), ("火车？", "The train?")),
    "greet": (("您好，", "hello,"),),
    "please": (("请看，", "please look:"),),
    "maybe": (("也许", "perhaps"),),
    "time": (("今天", "today"), ("现在", "now")),
    "subject": (
        ("天空", "the sky is"), ("面条", "the noodles are"), ("小猫", "the kitten is"), ("火车", "the train is"),
    ),
    "degree": (("很", "very"), ("真", "so"), ("有点", "a bit")),
    "adjective": (
        ("蓝", "blue"), ("亮", "bright"), ("热", "hot"), ("香", "tasty"),
        ("软", "soft"), ("乖", "sweet"), ("快", "fast"), ("长", "long"),
    ),
    "and": (("，而且", "and"),),
    "like": (("，像云一样", "like a cloud"), ("，像糖一样", "like candy"), ("，像风一样", "like the wind")),
    "wow": (("呀", "wow"), ("！", "!")),
    "thanks": (("，谢谢您", "thank you"),),
}  # fmt: skip
FITS = ((0, 1, 2), (2, 3, 7), (4, 5, 6), (1, 6, 7))  # which adjectives go with which subject: 天空: 蓝 亮 热 …
ORDER = ("greet", "please", "maybe", "time", "subject", "degree", "adjective", "like", "wow", "thanks")
_ONCE = tuple(kind in ("subject", "degree", "time", "like") for kind in ORDER)  # of ORDER: no two in a row


@wire("family/word")
@dataclass(frozen=True)
class Word:
    """One word: what it looks like, its language, its kind, and which of its kind it is."""

    text: str
    lang: str
    kind: str
    at: int


WORDS: tuple[Word, ...] = (
    Word("∎", "en", "end", 0),
    *(
        Word(pair[n], lang, kind, at)
        for n, lang in enumerate(LANGUAGES)
        for kind, pairs in KINDS.items()
        for at, pair in enumerate(pairs)
    ),
)
END = 0
SIZE = len(WORDS)
_NUMBER = {(word.lang, word.kind, word.at): n for n, word in enumerate(WORDS)}

FEATURES = ("polite", "vivid", "careful", "long")
PANELS: dict[str, tuple[float, ...]] = {"polite": (3.0, -1.0, 0.5, -2.0), "vivid": (-1.0, 3.0, -0.5, 2.0)}
FAULT = 0.75  # what one fault costs with every panel
WORST = 6  # faults after which a sentence gets no worse
PRIOR = 1.0  # standard deviation of a weight before anybody has chosen
AGREE = 0.726  # how often two people who rank answers agree: Ouyang et al. 2022 (arXiv 2203.02155), § 3.4
NOISE = (1 - math.sqrt(2 * AGREE - 1)) / 2  # how often a judge errs if two judges who err so often agree that often


def prompts(lang: Lang) -> tuple[int, ...]:
    """The numbers of the four questions."""
    return tuple(_NUMBER[lang, "prompt", at] for at in range(len(KINDS["prompt"])))


def demonstration(prompt: int, random: Random) -> tuple[int, ...]:
    """One answer as a labeller might write it, END last."""
    lang, topic = WORDS[prompt].lang, WORDS[prompt].at

    def word(kind: str, at: int | None = None) -> int:
        return _NUMBER[lang, kind, random.randrange(len(KINDS[kind])) if at is None else at]

    out = [word(kind) for kind in ("greet", "please", "maybe", "time") if random.random() < 0.3]
    out.append(word("subject", topic))
    chosen = random.sample(FITS[topic], 2 if random.random() < 0.4 else 1)
    for n, adjective in enumerate(chosen):
        out += [word("and")] if n else []
        out += [word("degree"), word("adjective", adjective)]
    out += [word(kind) for kind in ("like", "wow", "thanks") if random.random() < 0.3]
    return (*out, END)


def demonstrations(count: int, seed: int) -> list[tuple[int, ...]]:
    """`count` questions, each with an answer behind it; both languages in turn."""
    random = Random(seed)
    rows = []
    for n in range(count):
        prompt = random.choice(prompts(LANGUAGES[n % 2]))
        rows.append((prompt, *demonstration(prompt, random)))
    return rows


def misfit(row: Sequence[int], random: Random) -> tuple[int, ...]:
    """A question with its answer in which one adjective is changed for one that does not go with the thing."""
    places = [at for at, n in enumerate(row) if WORDS[n].kind == "adjective"]
    at, asked = random.choice(places), WORDS[row[0]]
    others = [n for n in range(len(KINDS["adjective"])) if n not in FITS[asked.at]]
    return (*row[:at], _NUMBER[asked.lang, "adjective", random.choice(others)], *row[at + 1 :])


def read(lang: Lang, text: str) -> tuple[int, ...]:
    """The numbers of words of `lang` in a row, each as it is written with _ for its spaces. Raises KeyError."""
    number = {word.text: n for n, word in enumerate(WORDS) if word.lang == lang}
    return tuple(number[word.replace("_", " ")] for word in text.split())


def translated(row: Sequence[int], lang: Lang) -> tuple[int, ...]:
    """The same words in `lang`: they correspond one to one."""
    return tuple(n if n == END else _NUMBER[lang, WORDS[n].kind, WORDS[n].at] for n in map(int, row))


def written(answer: Sequence[int]) -> str:
    """An answer as it is read: Chinese words stand close, English ones apart; what follows END is left out."""
    out = ""
    for n in answer:
        if n == END:
            break
        word = WORDS[n]
        apart = word.lang == "en" and out and word.text != "!"
        out += (" " if apart else "") + word.text
    return out


def features(answer: Sequence[int]) -> Doubles:
    """[4]: how polite, vivid, careful and long an answer is, each in 0…1. Saying a thing twice counts once."""
    words = [WORDS[n] for n in body(answer)]
    kinds = {word.kind for word in words}
    adjectives = {word.at for word in words if word.kind == "adjective"}
    polite = len(kinds & {"greet", "please", "thanks"}) / 3
    vivid = (("like" in kinds) + ("wow" in kinds) + (len(adjectives) > 1)) / 3
    careful = ("maybe" in kinds) / 2 + any(word.kind == "degree" and word.at == 2 for word in words) / 2
    return np.array([polite, vivid, careful, min(len(words), 12) / 12])


def faults(prompt: int, answer: Sequence[int]) -> int:
    """What nobody needs to be asked about: words said twice, out of order, of the other language or off the question;
    no thing that is spoken of, nothing said of it, no end."""
    words = [WORDS[n] for n in body(answer)]
    asked = WORDS[prompt]
    wrong = sum(word.lang != asked.lang or word.kind == "prompt" for word in words)
    said = [(word.kind, word.at) for word in words if word.kind != "degree"]
    wrong += len(said) - len(set(said))
    places, again = [], False
    for word in words:
        if word.kind == "and":
            again = True
        elif word.kind in ORDER:
            place = ORDER.index(word.kind)
            places.append(ORDER.index("adjective") if again and word.kind == "degree" else place)
            again = again and word.kind == "degree"
    wrong += sum(b < a or (b == a and _ONCE[a]) for a, b in itertools.pairwise(places))
    subjects = [word.at for word in words if word.kind == "subject"]
    wrong += sum(at != asked.at for at in subjects) + (not subjects)
    adjectives = [word.at for word in words if word.kind == "adjective"]
    wrong += sum(at not in FITS[asked.at] for at in adjectives) + (not adjectives)
    return int(wrong + (END not in answer))


def body(answer: Sequence[int]) -> list[int]:
    """The answer's words before END."""
    row = [int(n) for n in answer]
    return row[: row.index(END)] if END in row else row


def score(weights: Sequence[float], prompt: int, answer: Sequence[int]) -> float:
    """The true rule of a panel: its weights times the features, and what faults cost."""
    return float(np.dot(weights, features(answer))) - FAULT * min(faults(prompt, answer), WORST)


def fitted(chosen: Sequence[tuple[Sequence[int], Sequence[int]]]) -> tuple[float, ...]:
    """The weights that explain a reader's choices (better, worse) best: Bradley–Terry (1952) on the features.

    Maximum a posteriori with a normal prior of deviation `PRIOR`, by Newton's method; rounded to a hundredth. Without
    choices all weights are 0. Scaled so that their length is that of the ready panels: how strongly somebody feels is
    not told by a dozen choices, only which way.
    """
    x = np.array([features(better) - features(worse) for better, worse in chosen]).reshape(-1, len(FEATURES))
    w = np.zeros(len(FEATURES))
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (1 - p) - w / PRIOR**2
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.eye(len(w)) / PRIOR**2
        w = w + np.linalg.solve(hessian, gradient)
    length = float(np.linalg.norm(w))
    if length < 1e-6:
        return (0.0,) * len(FEATURES)
    scale = float(np.linalg.norm(PANELS["polite"])) / length
    return tuple(round(float(one) * scale, 2) + 0.0 for one in w)
