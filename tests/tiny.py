"""Model folders as the `transformers` library would save them: one tiny network of every architecture, random weights.

Each has a tokenizer of its family's real kind, made here from a few lines of our own: word pieces, byte-level BPE,
Unigram, BPE with byte fallback. The same in every run: what the library's trainers of word pieces and of Unigram find
differs from one process to the next, so these two take the pieces that are counted here. Nothing heavy is imported
before `make` is called.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from explorer.models.catalog.catalog import ModelInfo

LINES = (
    "山上有一棵老树，树下有一口井。",
    "妹妹把红色的风筝借给了邻居的孩子。",
    "The kettle is singing and the kitten is listening.",
    "Nobody remembered where the gardener had hidden the spare key.",
)
BERT_NAMES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_NAMES = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
SENTINELS = [f"<extra_id_{number}>" for number in range(3)]

Cutter = Callable[[], "Tokenizer"]


def _pieces(words: list[str], most: int) -> tuple[Counter[tuple[bool, str]], list[tuple[bool, str]]]:
    """What begins a word (True) or goes on with one: how often; and the `most` commonest,
    behind all single characters, the shortest first."""
    counts = Counter(
        (start == 0, word[start:end])
        for word in words
        for start in range(len(word))
        for end in range(start + 1, len(word) + 1)
    )
    order = sorted(counts, key=lambda piece: (len(piece[1]) > 1, -counts[piece], len(piece[1]), piece))
    return counts, order[:most]


def word_pieces() -> Tokenizer:
    """BERT, DistilBERT, ELECTRA."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    words = [word for line in LINES for word in re.findall(r"[a-zA-Z]+|\S", line)]
    names = dict.fromkeys(BERT_NAMES)
    for first, piece in _pieces(words, 300 - len(names))[1]:
        names[piece if first else f"##{piece}"] = None
    cut = Tokenizer(models.WordPiece({name: n for n, name in enumerate(names)}, unk_token="[UNK]"))
    cut.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    cut.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cut.add_special_tokens(BERT_NAMES)
    cut.post_processor = _template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", {"[CLS]": 2, "[SEP]": 3})
    return cut


def byte_level(*names: str) -> Tokenizer:
    """GPT-2, Llama (SmolLM2), Qwen2: any text, spelled in bytes."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    cut = Tokenizer(models.BPE())
    cut.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    cut.decoder = decoders.ByteLevel()
    cut.post_processor = processors.ByteLevel(trim_offsets=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = list(names) or ["<|endoftext|>"]
    cut.train_from_iterator(
        LINES, trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, special_tokens=special)
    )
    return cut


def byte_level_with_mask() -> Tokenizer:
    """RoBERTa, BART: as GPT-2's, with a mask that takes in the blank before it."""
    from tokenizers import AddedToken, processors

    cut = byte_level(*ROBERTA_NAMES)
    cut.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    cut.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return cut


def unigram(names: list[str], single: str, pair: str, edges: dict[str, int], mask: str = "") -> Tokenizer:
    """XLM-R, ALBERT, T5: SentencePiece's Unigram as tokenizer.json writes it."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

    counts, order = _pieces([f"▁{word}" for line in LINES for word in line.split()], 150 - len(names))
    scored = {piece: math.log(counts[first, piece] / counts.total()) for first, piece in order}
    cut = Tokenizer(models.Unigram([*((name, 0.0) for name in names), *scored.items()], unk_id=names.index("<unk>")))
    cut.normalizer = normalizers.NFKC()
    cut.pre_tokenizer = pre_tokenizers.Metaspace()
    cut.decoder = decoders.Metaspace()
    cut.add_special_tokens([name for name in names if name != mask])
    if mask:
        cut.add_special_tokens([AddedToken(mask, lstrip=True, special=True)])
    cut.post_processor = _template(single, pair, edges)
    return cut


def xlm_roberta() -> Tokenizer:
    return unigram(ROBERTA_NAMES, "<s> $A </s>", "<s> $A </s> </s> $B </s>", {"<s>": 0, "</s>": 2}, "<mask>")


def albert() -> Tokenizer:
    names = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    return unigram(names, "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", {"[CLS]": 2, "[SEP]": 3}, "[MASK]")


def t5() -> Tokenizer:
    return unigram(["<pad>", "</s>", "<unk>", *SENTINELS], "$A </s>", "$A </s> $B </s>", {"</s>": 1})


def byte_fallback() -> Tokenizer:
    """Gemma: BPE over characters, and bytes for those it lacks."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trained.train_from_iterator([line.replace(" ", "▁") for line in LINES], trainers.BpeTrainer(vocab_size=250))
    learnt = json.loads(trained.to_str())["model"]
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    names = [*special, *(f"<0x{byte:02X}>" for byte in range(256)), *learnt["vocab"]]
    cut = Tokenizer(
        models.BPE(
            vocab={name: number for number, name in enumerate(names)},
            merges=[tuple(pair) for pair in learnt["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    cut.add_special_tokens(special)
    cut.normalizer = normalizers.Replace(" ", "▁")
    cut.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    cut.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    cut.post_processor = _template("<bos> $A", "<bos> $A <bos>:1 $B:1", {"<bos>": 2})
    return cut


_ENCODER = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64}
_DECODER = {**_ENCODER, "num_key_value_heads": 2, "max_position_embeddings": 64}
_T5 = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 3, "num_decoder_layers": 2, "num_heads": 4,
       "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12,
       "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0}  # fmt: skip

# family → library's module and class, kind, tokenizer, config
FAMILIES: dict[str, tuple[str, str, str, Cutter, dict[str, Any]]] = {
    "bert": ("bert", "BertForMaskedLM", "masked", word_pieces, {**_ENCODER, "max_position_embeddings": 160}),
    "roberta": (
        "roberta", "RobertaForMaskedLM", "masked", byte_level_with_mask,
        {**_ENCODER, "max_position_embeddings": 162, "type_vocab_size": 1,
         "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
    ),
    "xlm-roberta": (
        "xlm_roberta", "XLMRobertaForMaskedLM", "masked", xlm_roberta,
        {**_ENCODER, "max_position_embeddings": 162, "type_vocab_size": 1,
         "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
    ),
    "albert": (
        "albert", "AlbertForMaskedLM", "masked", albert,
        {**_ENCODER, "embedding_size": 16, "max_position_embeddings": 160},
    ),
    "distilbert": (
        "distilbert", "DistilBertForMaskedLM", "masked", word_pieces,
        {"dim": 32, "n_layers": 3, "n_heads": 4, "hidden_dim": 64, "max_position_embeddings": 160},
    ),
    "electra": (
        "electra", "ElectraForMaskedLM", "masked", word_pieces,
        {**_ENCODER, "embedding_size": 16, "max_position_embeddings": 160},
    ),
    "gpt2": (
        "gpt2", "GPT2LMHeadModel", "causal", byte_level,
        {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64, "bos_token_id": 0, "eos_token_id": 0},
    ),
    "gemma3_text": (
        "gemma3", "Gemma3ForCausalLM", "causal", byte_fallback,
        {**_DECODER, "num_key_value_heads": 1, "head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 4,
         "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
         "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2},
    ),
    "llama": (
        "llama", "LlamaForCausalLM", "causal", byte_level,
        {**_DECODER, "tie_word_embeddings": True, "bos_token_id": 0, "eos_token_id": 0},
    ),
    "qwen2": (
        "qwen2", "Qwen2ForCausalLM", "causal", byte_level,
        {**_DECODER, "tie_word_embeddings": False, "bos_token_id": 0, "eos_token_id": [0, 5]},
    ),
    "t5": ("t5", "T5ForConditionalGeneration", "seq2seq", t5, _T5),
    "mt5": (
        "mt5", "MT5ForConditionalGeneration", "seq2seq", t5,
        {**_T5, "feed_forward_proj": "gated-gelu"},
    ),
    "bart": (
        "bart", "BartForConditionalGeneration", "seq2seq", byte_level_with_mask,
        {"d_model": 32, "encoder_layers": 3, "decoder_layers": 2, "encoder_attention_heads": 4,
         "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 160,
         "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2},
    ),
}  # fmt: skip


# A Chinese GPT as several are published: BERT's tokenizer, which closes a text, and GPT-2's end in the config.
CHINESE_GPT = (
    "gpt2", "GPT2LMHeadModel", "causal", word_pieces,
    {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": 64, "bos_token_id": 50256, "eos_token_id": 50256},
)  # fmt: skip


def make(family: str, folder: Path, row: tuple[str, str, str, Cutter, dict[str, Any]] | None = None) -> ModelInfo:
    """Writes a model folder and returns its catalogue entry; `row` instead of the family's own."""
    import torch
    from transformers import PreTrainedTokenizerFast

    module, name, kind, cutter, sizes = row or FAMILIES[family]
    cut = cutter()
    cut.enable_truncation(12)  # as saved tokenizers often have it
    PreTrainedTokenizerFast(tokenizer_object=cut).save_pretrained(folder)
    network = getattr(importlib.import_module(f"transformers.models.{module}.modeling_{module}"), name)
    config = network.config_class(vocab_size=cut.get_vocab_size(), **sizes)
    torch.manual_seed(7)
    net = network(config).eval()
    with torch.no_grad():
        for parameter in net.parameters():
            # Far apart, so that no two tokens tie; biases and norms moved too, so that leaving one out shows.
            parameter.add_(torch.randn_like(parameter) * (0.15 if parameter.dim() > 1 else 0.1))
        for bias in (buffer for key, buffer in net.named_buffers() if key == "final_logits_bias"):
            bias.add_(torch.randn_like(bias))
        if family == "mt5":
            # The library ties what mT5's own files keep apart.
            net.lm_head.weight = torch.nn.Parameter(net.lm_head.weight + torch.randn_like(net.lm_head.weight) * 0.1)
    net.save_pretrained(folder)
    if family == "mt5":
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        text = json.dumps(settings | {"tie_word_embeddings": False})
        (folder / "config.json").write_text(text, encoding="utf-8")
    return describe(family, kind, folder)


def describe(family: str, kind: str, folder: Path, weights: str = "model.safetensors") -> ModelInfo:
    """The catalogue entry of a folder."""
    from explorer.models.catalog.catalog import ModelInfo

    data = (folder / weights).read_bytes()
    return ModelInfo(
        id=f"tiny-{family}",
        name=f"tiny {family}",
        family=family,
        kind=kind,
        parameters=0,
        languages=("zh", "en"),
        simplified=False,
        licence="Apache-2.0",
        sources=("local",),
        path=str(folder),
        weights=weights,
        revision=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
    )


def _template(single: str, pair: str, edges: dict[str, int]) -> Any:
    from tokenizers import processors

    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=list(edges.items()))
