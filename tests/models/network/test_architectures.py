"""Every architecture against the transformers library called directly, on tiny networks with random weights."""

from __future__ import annotations

import dataclasses
import importlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import model_files
from explorer.models.network.architectures import ARCHITECTURES
from tests import tiny

if TYPE_CHECKING:
    from explorer.models.network.model import Model

ModelOf = Callable[[str], "Model"]
InfoOf = Callable[[str], ModelInfo]

ALL = tuple(tiny.FAMILIES)
BY_KIND = {kind: [name for name in ALL if tiny.FAMILIES[name][2] == kind] for kind in ("masked", "causal", "seq2seq")}
TEXTS = ("树下有一只老猫 listening to the gardener.", "The spare key", "井")
TARGETS = ((2, 9, 30, 31, 12), (2, 40, 8, 17, 25), (2, 5, 6, 7, 8))


def library(info: ModelInfo) -> Any:
    """The library's own network, with plain attention."""
    module, name, *_ = tiny.FAMILIES[info.family]
    network = getattr(importlib.import_module(f"transformers.models.{module}.modeling_{module}"), name)
    return network.from_pretrained(info.folder, attn_implementation="eager").eval()


@pytest.fixture(params=ALL)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=BY_KIND["masked"])
def masked(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=BY_KIND["causal"] + BY_KIND["seq2seq"])
def writer(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=BY_KIND["seq2seq"])
def seq2seq(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def encoded(model: Model) -> list[tuple[int, ...]]:
    return [model.tokenizer.encode(text).ids for text in TEXTS]


def same(got: Any, expected: Any, tolerance: float = 1e-5) -> None:
    """Equal to 1e-5 of the largest number in it (states of random networks are not of size one)."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance * max(1.0, float(np.abs(expected).max())))


def test_thirteen_classes_are_proved_here() -> None:
    assert set(ALL) == set(ARCHITECTURES)
    assert len({row.name for row in ARCHITECTURES.values()}) == len(ALL) == 13


def test_hidden_states_of_a_padded_batch(family: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    """Of encoders and causal models: each text alone in the library, all at once in ours."""
    import torch

    model, net = tiny_model_of(family), library(tiny_of(family))
    body = net.get_encoder() if model.kind == "seq2seq" else net.base_model
    rows = encoded(model)
    states = model.hidden_states(*model.tensor_inputs(rows))
    assert states.shape[:2] == (model.n_layers + 1, len(rows))
    for text, row in enumerate(rows):
        with torch.no_grad():
            expected = body(torch.tensor([row]), output_hidden_states=True).hidden_states
        ours = states[:, text, : len(row)]
        same(ours[:-1], torch.stack(expected)[:-1, 0])
        # The library's last entry is normalised where the architecture ends in a normalisation; ours is not yet.
        last = model.transform(ours[-1]) if model.kind == "causal" else ours[-1]
        same(last, expected[-1][0])


def test_attentions(family: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    import torch

    model, net = tiny_model_of(family), library(tiny_of(family))
    body = net.get_encoder() if model.kind == "seq2seq" else net.base_model
    rows = encoded(model)
    weights = model.attentions(*model.tensor_inputs(rows))
    assert weights.shape[:3] == (model.n_layers, len(rows), model.n_heads)
    for text, row in enumerate(rows):
        with torch.no_grad():
            expected = body(torch.tensor([row]), output_attentions=True).attentions
        same(weights[:, text, :, : len(row), : len(row)], torch.stack(expected)[:, 0])


def test_looking_at_attention_leaves_the_model_as_it_was(family: str, tiny_model_of: ModelOf) -> None:
    import torch

    model = tiny_model_of(family)
    ids, mask = model.tensor_inputs(encoded(model))
    before = model.hidden_states(ids, mask)
    model.heads(ids, mask)
    assert model._net.config._attn_implementation == "sdpa"
    assert torch.equal(model.hidden_states(ids, mask), before)


def test_both_sides_of_the_decoder(seq2seq: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    import torch

    model, net = tiny_model_of(seq2seq), library(tiny_of(seq2seq))
    rows = encoded(model)
    ids, mask = model.tensor_inputs(rows)
    targets = torch.tensor(TARGETS)
    states = model.hidden_states(ids, mask, targets=targets)
    own, cross = model.heads(ids, mask, targets=targets), model.heads(ids, mask, targets=targets, cross=True)
    logits = model.decode(model.transform(states[-1]))
    for text, row in enumerate(rows):
        with torch.no_grad():
            expected = net(
                torch.tensor([row]),
                decoder_input_ids=targets[text : text + 1],
                output_hidden_states=True,
                output_attentions=True,
            )
        same(states[:-1, text], torch.stack(expected.decoder_hidden_states)[:-1, 0])
        same(own.weights[:, text], torch.stack(expected.decoder_attentions)[:, 0])
        same(cross.weights[:, text, ..., : len(row)], torch.stack(expected.cross_attentions)[:, 0])
        same(logits[text], expected.logits[0])


def test_scores_and_the_five_likeliest(family: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    """What `last_hidden_at`, `transform`, `decode` give one after the other is what the library's whole model gives."""
    import torch

    model, net = tiny_model_of(family), library(tiny_of(family))
    rows = encoded(model)
    ids, mask = model.tensor_inputs(rows)
    targets = torch.tensor(TARGETS) if model.kind == "seq2seq" else None
    positions = torch.tensor([3, 2, 1]) if targets is None else torch.tensor([4, 2, 0])
    positions = torch.minimum(positions, torch.tensor([len(row) - 1 for row in (rows if targets is None else TARGETS)]))
    logits = model.decode(model.transform(model.last_hidden_at(ids, positions, mask, targets=targets)))
    for text, (row, position) in enumerate(zip(rows, positions.tolist(), strict=True)):
        options = {} if targets is None else {"decoder_input_ids": targets[text : text + 1]}
        with torch.no_grad():
            expected = net(torch.tensor([row]), **options).logits[0, position]
        same(logits[text], expected)
        assert logits[text].topk(5).indices.tolist() == expected.topk(5).indices.tolist()


def test_last_hidden_at_is_the_last_hidden_state(family: str, tiny_model_of: ModelOf) -> None:
    import torch

    model = tiny_model_of(family)
    ids, mask = model.tensor_inputs(encoded(model)[:1])
    before = model.forward_passes
    got = model.last_hidden_at(ids, torch.tensor([[4, 1]]), mask)
    assert model.forward_passes == before + 1
    same(got[0], model.hidden_states(ids, mask)[-1, 0, [4, 1]])


def test_reading_on_with_a_cache_equals_reading_it_all(writer: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    import torch

    model, net = tiny_model_of(writer), library(tiny_of(writer))
    source = torch.tensor([encoded(model)[0]])
    row = torch.tensor([[2, 9, 30, 31, 12, 45, 7, 8, 9, 10, 30]])
    with torch.no_grad():
        whole = net(source, decoder_input_ids=row) if model.kind == "seq2seq" else net(row)
    past = model.read(source) if model.kind == "seq2seq" else None
    logits, past = model.step(row[:, :4], past)
    same(logits[0], whole.logits[0, 3])
    for position in range(4, row.shape[1]):
        logits, past = model.step(row[:, position : position + 1], past)
        same(logits[0], whole.logits[0, position])
    assert len(past) == row.shape[1]
    assert past.n_bytes > 0


def test_two_branches_of_one_past(writer: str, tiny_model_of: ModelOf) -> None:
    import torch

    model = tiny_model_of(writer)
    start = model.read(torch.tensor([encoded(model)[0]])) if model.kind == "seq2seq" else None
    trunk, left, right = [2, 9, 30, 31, 12, 45, 7], [8, 11], [10, 13]

    def alone(row: list[int]) -> Any:
        return model.step(torch.tensor([row]), start)[0][0]

    _, past = model.step(torch.tensor([trunk]), start)
    first, _ = model.step(torch.tensor([left]), past)
    second, longer = model.step(torch.tensor([right]), past)
    assert len(past) == len(trunk)
    same(first[0], alone(trunk + left))
    same(second[0], alone(trunk + right))

    together, _ = model.step(torch.tensor([left, right]), past.take([0, 0]))
    same(together, torch.stack([first[0], second[0]]))

    shorter = longer.crop(5)
    assert (len(shorter), len(longer)) == (5, len(trunk) + 2)
    same(model.step(torch.tensor([left]), shorter)[0][0], alone(trunk[:5] + left))
    same(model.step(torch.tensor([trunk]), longer.crop(0))[0][0], alone(trunk))
    with pytest.raises(ValueError, match="of 9"):
        longer.crop(10)


def test_a_writer_must_have_read(seq2seq: str, tiny_model_of: ModelOf) -> None:
    import torch

    with pytest.raises(ValueError, match="after it has read"):
        tiny_model_of(seq2seq).step(torch.tensor([[2]]))
    with pytest.raises(ValueError, match="no decoder"):
        tiny_model_of("bert").hidden_states(torch.tensor([[2]]), targets=torch.tensor([[2]]))


def test_where_a_text_begins_and_ends(tiny_model_of: ModelOf) -> None:
    assert (tiny_model_of("t5").start_id, tiny_model_of("bart").start_id) == (0, 2)
    assert tiny_model_of("gemma3_text").stop_ids == {1}
    assert tiny_model_of("qwen2").stop_ids == {0, 5}
    assert tiny_model_of("bert").start_id is None


def test_sizes_come_from_the_files(family: str, tiny_of: InfoOf, tiny_model_of: ModelOf) -> None:
    info, model = tiny_of(family), tiny_model_of(family)
    facts = model_files.facts(info)
    assert (facts.n_layers, facts.n_heads, facts.d_model) == (model.n_layers, model.n_heads, model.d_model)
    assert (facts.n_layers, facts.n_heads, facts.d_model) == (3, 4, 32)
    assert facts.vocab_size == model.vocab_size == len(model.tokenizer.vocabulary())
    assert facts.max_positions == model.max_positions
    assert facts.max_positions == {"causal": 64, "masked": 160}.get(model.kind, 160 if family == "bart" else 512)
    matrix = model._net.get_output_embeddings().weight
    assert facts.tied_head == (matrix is model._net.get_input_embeddings().weight)
    assert facts.n_head_weights >= matrix.numel()
    unique = sum(parameter.numel() for parameter in model._net.parameters())
    biases = sum(buffer.numel() for key, buffer in model._net.named_buffers() if key == "final_logits_bias")
    assert facts.n_weights == unique + biases
    assert facts.n_embedding_weights >= model._net.get_input_embeddings().weight.numel()


def _rewritten(info: ModelInfo, folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> ModelInfo:
    """A copy of a model folder whose tensors went through `change`."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(info.folder, folder)
    changed = change(load_file(folder / "model.safetensors"))
    save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})
    return tiny.describe(info.family, info.kind, folder)


def test_a_body_alone_gets_no_made_up_head(masked: str, tiny_of: InfoOf, tmp_path: Path) -> None:
    """As BertModel saves itself: no head, and no prefix before the names."""
    from explorer.models.network.loader import load

    row = ARCHITECTURES[masked]

    def body_alone(tensors: dict[str, Any]) -> dict[str, Any]:
        return {key.removeprefix(f"{row.body}."): value for key, value in tensors.items() if key.startswith(row.body)}

    info = _rewritten(tiny_of(masked), tmp_path / "body", body_alone)
    with pytest.raises(ModelUnavailable) as caught:
        load(info, device="cpu")
    assert caught.value.key == "head_missing"
    whole = load(tiny_of(masked), device="cpu")
    body = load(dataclasses.replace(info, kind="encoder"), device="cpu")
    ids, mask = whole.tensor_inputs(encoded(whole))
    same(body.hidden_states(ids, mask), whole.hidden_states(ids, mask), 0)
    with pytest.raises(ModelUnavailable) as caught:
        body.transform(body.hidden_states(ids, mask))
    assert caught.value.key == "head_missing"


@pytest.mark.parametrize("family", ["qwen2", "mt5"])
def test_an_untied_head_that_is_not_there_is_not_made_up(family: str, tiny_of: InfoOf, tmp_path: Path) -> None:
    from explorer.models.network.loader import load

    def headless(tensors: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in tensors.items() if key != "lm_head.weight"}

    with pytest.raises(ModelUnavailable) as caught:
        load(_rewritten(tiny_of(family), tmp_path / "headless", headless), device="cpu")
    assert caught.value.key == "head_missing"


def test_names_of_older_files_are_understood(tiny_of: InfoOf, tiny_model_of: ModelOf, tmp_path: Path) -> None:
    """The first BERT files call a LayerNorm's two vectors gamma and beta."""
    from explorer.models.network.loader import load

    def older(tensors: dict[str, Any]) -> dict[str, Any]:
        renamed = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
        for new, old in renamed.items():
            tensors = {key.replace(new, old): value for key, value in tensors.items()}
        return tensors

    model = load(_rewritten(tiny_of("bert"), tmp_path / "older", older), device="cpu")
    ids, mask = model.tensor_inputs(encoded(model))
    same(model.hidden_states(ids, mask), tiny_model_of("bert").hidden_states(ids, mask), 0)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"auto_map": {"AutoModelForMaskedLM": "evil.Evil"}}, ""),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}}, "model_unsupported"),
    ],
    ids=["remote code is not looked at", "quantised weights are refused"],
)
def test_what_a_config_asks_for_in_vain(change: dict[str, Any], key: str, tiny_of: InfoOf, tmp_path: Path) -> None:
    from explorer.models.network.loader import load

    shutil.copytree(tiny_of("bert").folder, tmp_path / "model")
    info = dataclasses.replace(tiny_of("bert"), path=str(tmp_path / "model"))
    path = info.folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    (info.folder / "evil.py").write_text("raise SystemExit('this must never run')\n", encoding="utf-8")
    if not key:
        assert load(info, device="cpu").n_layers == 3
        return
    with pytest.raises(ModelUnavailable) as caught:
        load(info, device="cpu")
    assert caught.value.key == key


def test_a_kind_that_the_family_is_not(tiny_of: InfoOf) -> None:
    from explorer.models.network.loader import load

    with pytest.raises(ModelUnavailable) as caught:
        load(dataclasses.replace(tiny_of("gpt2"), kind="masked"), device="cpu")
    assert caught.value.key == "model_unsupported"


def test_the_experiments_of_masking_run_on_every_masked_model(masked: str, tiny_model_of: ModelOf) -> None:
    """Fill, scan, the three treatments, several blanks, the lens and whole words, each against the plain model."""
    from explorer.lab import masking
    from explorer.lab.types.masking import (
        Edit,
        FillInputs,
        JointInputs,
        LensInputs,
        ScanInputs,
        TreatInputs,
        WordInputs,
    )

    model = tiny_model_of(masked)
    mask_id = model.tokenizer.mask_id
    assert mask_id is not None
    text = "The [MASK] is listening 井"
    tokens = model.tokenizer.encode(text)
    at = tokens.ids.index(mask_id)
    assert tokens.text[slice(*tokens.offsets[at])] == "[MASK]"
    ids, mask = model.tensor_inputs([tokens.ids])
    logits = model.decode(model.transform(model.hidden_states(ids, mask)[-1, 0]))

    (filled,) = masking.fill(model, [FillInputs(text, (), (at,))])
    same(filled.logits[0], logits[at])
    assert filled.hidden.shape == (1, model.d_model)
    *_, scanned = masking.scan(model, ScanInputs(text, precision="fp32"))
    assert at not in scanned.positions
    assert len(scanned.positions) == sum(not special for special in tokens.special) - 1
    treated = masking.treat(model, TreatInputs(text, at, n_random=3))
    same(treated.logits[1], logits[at])
    assert {order.name for order in masking.joint(model, JointInputs(text, (at, at + 1))).orders} == {
        "independent", "left_to_right", "best_first",
    }  # fmt: skip
    lens = masking.lens(model, LensInputs(text, (), at))
    assert lens.logits.shape == (model.n_layers + 1, model.vocab_size)
    same(lens.logits[-1], logits[at])
    word = masking.word(model, WordInputs(text, (Edit(at, mask_id),), at, "spare"))
    assert len(word.ids) == len(word.p) > 0
    assert word.log_p == pytest.approx(np.log(word.p).sum(), abs=1e-4)


def test_the_lottery_and_the_mask_alone(masked: str, tiny_model_of: ModelOf) -> None:
    from explorer.lab import lottery
    from explorer.lab.types.lottery import LotteryInputs

    model = tiny_model_of(masked)
    for spelling in ("[MASK]", "<mask>"):
        assert model.tokenizer.encode(spelling).ids[1] == model.tokenizer.mask_id
    drawn = lottery.roll(model, LotteryInputs(TEXTS[0], unit="word", seed=3))
    assert len(drawn.positions) >= 1
    assert not any(drawn.tokens.special[at] for at in drawn.positions)
