"""Models that several test folders share: a tiny BERT with random weights, made here, and the embedded one.

Nothing heavy is imported until a test asks for a fixture.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from explorer.models.catalog import ModelInfo
    from explorer.models.model import Model

CORPUS = (
    "山上有一棵老树，树下有一口井。",
    "妹妹把红色的风筝借给了邻居的孩子。",
    "The kettle is singing and the kitten is listening.",
    "Nobody remembered where the gardener had hidden the spare key.",
)


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> ModelInfo:
    """A model folder as the library would save it: 3 layers, 4 heads, width 32, a WordPiece vocabulary of 300."""
    import torch
    from transformers import BertConfig, BertForMaskedLM

    from explorer.models.catalog import ModelInfo

    folder = tmp_path_factory.mktemp("tiny-bert")
    size = _train_tokenizer(folder)
    # Weights far apart, so that no two tokens are tied and order can be compared exactly.
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=160,
        initializer_range=0.4,
    )
    torch.manual_seed(7)
    BertForMaskedLM(config).save_pretrained(folder)
    weights = folder / "model.safetensors"
    return ModelInfo(
        id="tiny-bert",
        name="tiny BERT",
        family="bert",
        kind="masked",
        parameters=0,
        languages=("zh", "en"),
        simplified=True,
        licence="Apache-2.0",
        sources=("local",),
        path=str(folder),
        weights=weights.name,
        revision=hashlib.sha256(weights.read_bytes()).hexdigest(),
        bytes=weights.stat().st_size,
    )


@pytest.fixture(scope="session")
def tiny_model(tiny_bert: ModelInfo) -> Model:
    from explorer.models.loader import load

    return load(tiny_bert, device="cpu")


@pytest.fixture(scope="session")
def mini_mbert() -> Model:
    """The embedded masked model."""
    from explorer.models.catalog import default
    from explorer.models.loader import load

    return load(default("masked"), device="cpu")


def _train_tokenizer(folder: Path) -> int:
    """Writes tokenizer.json with the truncation that a saved tokenizer often carries; returns the vocabulary's size."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    cut = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    cut.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    cut.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cut.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special))
    cut.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    cut.enable_truncation(12)
    PreTrainedTokenizerFast(
        tokenizer_object=cut,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
    return int(cut.get_vocab_size())
