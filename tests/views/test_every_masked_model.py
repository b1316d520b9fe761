"""填空 with every masked architecture: the page takes the chosen model, and its numbers are the library's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer import chapters
from explorer.engine import get_engine
from explorer.models.catalog import adhoc_models, chapter_models
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.views import vocabulary
from explorer.views.masking import common, stage
from tests.pages.app import body, html, notices, open_page, snippets

MASKED = ("bert", "roberta", "xlm-roberta", "albert", "distilbert", "electra")
TEXT = "The kitten is listening."
TOOLS = tuple(tool for tool in chapters.get("masking").tools if tool != "repair")  # opens with a slip of its own
FEW = ("cover", "lens", "joint")
WHOLE = ("albert", "xlm-roberta")  # the two that are least like BERT get every tool


@pytest.fixture(params=MASKED)
def model(
    request: pytest.FixtureRequest, tiny_of: Callable[[str], ModelInfo], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModelInfo]:
    """A tiny network of a family, chosen for 填空."""
    monkeypatch.setenv("SESAME_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(stage, "complete", lambda *drawn: None)
    info = adhoc_models.register(tiny_of(request.param).folder, Policy(alone=True))
    chapter_models.choose("masking", info.id)
    yield info
    get_engine().unload(info.id)


def theirs(info: ModelInfo, ids: list[int], position: int) -> np.ndarray:
    import torch
    from transformers import AutoModelForMaskedLM

    net = AutoModelForMaskedLM.from_pretrained(info.folder, dtype=torch.float32).eval()
    with torch.no_grad():
        found: np.ndarray = net(torch.tensor([ids])).logits[0, position].numpy()
    return found


def test_every_tool_works_and_shows_the_numbers_of_the_library(model: ModelInfo) -> None:
    tokens = get_engine().tokens(model.id, TEXT)
    ordinary = [n for n, special in enumerate(tokens.special) if not special]
    covered = (ordinary[1], ordinary[-2])
    link = {"text": TEXT, "masks": f"{covered[0]}~{covered[1]}", "focus": str(covered[0])}
    for tool in TOOLS if model.family in WHOLE else FEW:
        at = open_page("masking", "en", tool=tool, **link)
        assert not at.exception, tool
        assert notices(at) == [], tool
        assert any(model.name.replace("-", "\\-") in e.proto.label or model.name in e.proto.label
                   for e in at.sidebar if e.type == "page_link")  # fmt: skip
        assert all(compile(code, "snippet", "exec") and str(model.folder) in code for code in snippets(at)), tool
        if tool == "lens":
            _as_the_library_says(model, at, list(tokens.ids), covered)


def _as_the_library_says(model: ModelInfo, at: object, ids: list[int], covered: tuple[int, int]) -> None:
    """The last layer's five likeliest words with their probabilities, as the table of layers writes them."""
    from transformers import AutoTokenizer

    for position in covered:
        ids[position] = vocabulary.mask_id(common.model().id)
    logits = theirs(model, ids, covered[0]).astype(np.float64)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    names = get_engine().vocabulary(model.id)
    special = set(AutoTokenizer.from_pretrained(model.folder).all_special_ids)  # none of these stands for text
    special |= {i for i, piece in enumerate(names) if piece in ("<unk>", "<mask>", "[UNK]")}
    best = [i for i in np.argsort(-p) if i not in special][:5]
    table = next(piece for piece in html(at) if "<table" in piece)  # type: ignore[arg-type]
    last = re.findall(r"<tr>.*?</tr>", table)[1]
    words = re.sub(r"<[^>]*>", "", last)
    for i in best:
        assert f"{100 * p[i]:.1f} %" in words, names[i]


def test_a_typed_mask_is_read_by_every_tokenizer(model: ModelInfo) -> None:
    at = open_page("masking", "en", text="The [MASK] is listening.")
    assert not at.exception
    assert "masking.cover.nothing" not in body(at)
    sentence = common.as_sentence(common.model(), "The [MASK] is listening.")
    assert len(sentence.masks) == 1
    assert sentence.tokens.ids[sentence.masks[0]] == vocabulary.mask_id(common.model().id)
    drawn = {vocabulary.random_token(common.model().id, seed, 1) for seed in range(40)}
    assert not {get_engine().vocabulary(model.id)[i] for i in drawn} & {"[CLS]", "<s>", "</s>", "<pad>", "[PAD]"}


def test_going_back_to_the_model_in_the_box_gives_its_numbers_again(model: ModelInfo) -> None:
    before = common.model().id
    chapter_models.choose("masking", "mini-mbert")
    assert before == model.id
    assert common.model().id == "mini-mbert"
    assert vocabulary.mask_id(common.model().id) == 4
