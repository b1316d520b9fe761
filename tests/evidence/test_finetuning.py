"""Evidence of 微调: every claim is measured on the default training, and says what is true of it."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

from explorer import evidence
from explorer.evidence import finetuning

XQUAD = {
    "en": ("The tailor Omar Beck keeps nine clocks in his shop.", (("Who is the tailor?", "Omar Beck"),
           ("How many clocks are in the shop?", "nine"))),
    "zh": ("裁缝奥马尔在店里放了九只钟。", (("裁缝是谁？", "奥马尔"), ("店里有几只钟？", "九只"))),
    "de": ("Der Schneider Omar Beck hat neun Uhren im Laden.", (("Wer ist der Schneider?", "Omar Beck"),
           ("Wie viele Uhren sind im Laden?", "neun"))),
    "es": ("El sastre Omar Beck tiene nueve relojes en su tienda.", (("¿Quién es el sastre?", "Omar Beck"),
           ("¿Cuántos relojes hay en la tienda?", "nueve"))),
}  # fmt: skip


def test_every_claim_holds_on_the_default_training() -> None:
    rows = {row.id: row for row in evidence.measure("finetuning")}
    gaps, bags = ({f"finetuning.{name}_{lang}" for lang in finetuning.LANGUAGES} for name in ("gap", "bag"))
    assert set(rows) == gaps | bags | {"finetuning.training_loss", "finetuning.qa_own"}
    assert rows["finetuning.qa_own"].n == 5 * 90
    assert [row.id for row in rows.values() if not row.holds] == []
    assert {row.n for id, row in rows.items() if id in gaps} == {304}
    assert rows["finetuning.training_loss"].n == 10


def test_both_heads_are_asked_other_people_s_questions(tmp_path: Path) -> None:
    folder = tmp_path / "labelled" / "qa"
    folder.mkdir(parents=True)
    for lang, (passage, asked) in XQUAD.items():
        questions = [
            {"id": f"{lang}{n}", "question": text, "answers": [{"text": answer, "answer_start": passage.index(answer)}]}
            for n, (text, answer) in enumerate(asked)
        ]
        data = {"data": [{"paragraphs": [{"context": passage, "qas": questions}]}]}
        (folder / f"xquad.{lang}.json.xz").write_bytes(lzma.compress(json.dumps(data).encode()))
        if lang == "zh":
            (folder / "cmrc2018_trial.json.xz").write_bytes(lzma.compress(json.dumps(data).encode()))
    rows = {row.id: row for row in finetuning.measure(tmp_path)}
    xquad = {"finetuning.qa_en", "finetuning.qa_zero_shot_zh", "finetuning.qa_zero_shot_ratio"}
    assert set(rows) == xquad | {"finetuning.qa_zh"}
    assert rows["finetuning.qa_zh"].data.startswith("cmrc2018_trial.json.xz") and rows["finetuning.qa_zh"].n == 2
    assert all("--data" in row.command and "n=2 seed=0" in row.data for row in rows.values())
    assert rows["finetuning.qa_en"].n == 2 and rows["finetuning.qa_zero_shot_ratio"].n == 6
    assert 0 <= rows["finetuning.qa_en"].measured <= 1
