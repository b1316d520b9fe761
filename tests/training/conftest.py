"""A tiny BERT with next-sentence head, its tokenizer, and a folder of text of our own."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import pytest
import torch

ZH = (
    "清晨的雾还没有散。卖豆浆的老人推着车走过石桥。桥下的水很静。",
    "弟弟在院子里种了一棵桃树。第二年春天它开了三朵花。弟弟数了又数。",
    "火车晚点了两个小时。站台上的人都在看手机。只有一个孩子在看鸽子。",
    "奶奶把旧毛衣拆了。她用那些线织了一条围巾。围巾是蓝色的。",
)
EN = (
    "The baker opens before sunrise. Nobody else is awake on our street. The smell of bread wakes the dogs.",
    "My sister found a coin in the garden. She cleaned it with vinegar. It was older than our house.",
)


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    for language, paragraphs in (("zh", ZH), ("en", EN)):
        with lzma.open(folder / f"{language}.txt.xz", "wt", encoding="utf-8") as file:
            file.write("\n".join(paragraphs * 3) + "\n")
    return folder


@pytest.fixture(scope="session")
def cutter() -> Any:
    from transformers import BertTokenizerFast

    letters = sorted({letter for line in (*ZH, *EN) for letter in line if letter.strip()})
    words = sorted({word.strip(".,").lower() for line in EN for word in line.split()})
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters), *words]
    vocab = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return BertTokenizerFast(vocab=vocab, do_lower_case=False, strip_accents=False, model_max_length=64)


@pytest.fixture
def net(cutter: Any) -> Any:
    from transformers import BertConfig, BertForPreTraining

    torch.manual_seed(0)
    return BertForPreTraining(
        BertConfig(
            vocab_size=len(cutter), hidden_size=32, num_hidden_layers=6, num_attention_heads=2, intermediate_size=64,
            max_position_embeddings=160, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            attn_implementation="eager",
        )
    )  # fmt: skip
