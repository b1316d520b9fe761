"""微调 before it is touched, in both languages: of every task the default training from both starts, and what is to be
beaten; two questions with four endings; a passage asked about, and all passages in every language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.content import choice, lessons, passages, teaching, units
from explorer.content.examples import LANGUAGES, Asked

if TYPE_CHECKING:
    from explorer.lab.types.finetuning import TuneInputs


def asked() -> list[Asked]:
    from explorer.engine import catalog
    from explorer.lab.types.answering import ANSWER, EXAM, AnswerInputs
    from explorer.lab.types.finetuning import BAG, TUNE, BagInputs
    from explorer.lab.types.pairs import JUDGE, JudgeInputs

    model = catalog.default("masked").id
    found: list[Asked] = []
    for lang in LANGUAGES:
        for task in lessons.SHAPES:
            training = opened(task, lang)
            found.append((TUNE, model, training))
            found.append((BAG, None, BagInputs(training.train, training.held_out)))
        questions = [choice.read(choice.example(which, lang)) for which in choice.QUESTIONS]
        found.append((JUDGE, model, JudgeInputs(choice.rows(questions))))
        first = passages.passages(lang)[0]
        found.append((ANSWER, model, AnswerInputs("en", first.questions[0].text, first.text)))
    found += [(EXAM, model, passages.exam(taught, lang)) for taught in ("en", "zh") for lang in passages.LANGS]
    return found


def opened(task: lessons.Task, lang: str) -> TuneInputs:
    """The training of a task as the page opens it."""
    from explorer.lab.types.finetuning import TuneInputs

    by: units.By = "char" if lang == "zh" else "word"
    train, held_out = (lessons.part(task, lang, part, "judgement", by) for part in teaching.PARTS)
    return TuneInputs(train, held_out, shape=lessons.SHAPES[task], layers=lessons.LAYERS[task])
