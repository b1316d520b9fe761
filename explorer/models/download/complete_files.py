"""Completes a model's files where a source has no config.json or tokenizer.json: made from what it has.

Knows the `transformers` library, which reads both out of a GGUF file and turns a vocabulary of an older kind into
tokenizer.json. Weights are not touched: what was fetched is what is loaded. Runs no code that came with a model.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from explorer.errors import ModelUnavailable
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.network import tokenizer

CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
VOCABULARIES = ("vocab.txt", "vocab.json", "*.model")
MADE = (
    TOKENIZER,
    "tokenizer_config.json",
    "special_tokens_map.json",
    CONFIG,
)  # in the order in which they are put down


def complete(info: ModelInfo, folder: Path, weights: str) -> None:
    """Adds config.json and tokenizer.json to a model's folder if it lacks them.

    Raises ModelUnavailable("conversion_failed").
    """
    wanted = [name for name in (CONFIG, TOKENIZER) if not (folder / name).is_file()]
    if not wanted:
        return
    if not weights.endswith(".gguf") and not any(file for kind in VOCABULARIES for file in folder.glob(kind)):
        # transformers would make a tokenizer of nothing but special tokens, without a word
        raise ModelUnavailable("conversion_failed", model=info.name, reason="no vocabulary")
    made = folder / ".made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    try:
        _convert(folder, weights, made, wanted)
    except Exception as error:  # a vocabulary the library can't read: it raises whatever the reading broke on
        raise ModelUnavailable(
            "conversion_failed", model=info.name, reason=f"{type(error).__name__}: {error}"[:300]
        ) from error
    for name in MADE:
        if (made / name).is_file() and (name != CONFIG or name in wanted):
            os.replace(made / name, folder / name)
    shutil.rmtree(made)
    if missing := [name for name in wanted if not (folder / name).is_file()]:
        raise ModelUnavailable("conversion_failed", model=info.name, reason=f"no {missing[0]}")


def _convert(folder: Path, weights: str, made: Path, wanted: list[str]) -> None:
    if any(folder.glob("*.model")):
        import sentencepiece  # noqa: F401  (what transformers reads such vocabularies through)

    from transformers import AutoConfig, AutoTokenizer
    from transformers.utils import logging as reports

    reports.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("transformers").setLevel(logging.ERROR)  # its remarks on a config are not for readers
    packed: dict[str, Any] = {"gguf_file": weights} if weights.endswith(".gguf") else {}
    if CONFIG in wanted:
        AutoConfig.from_pretrained(folder, local_files_only=True, **packed).save_pretrained(made)
    if TOKENIZER in wanted:
        AutoTokenizer.from_pretrained(folder, local_files_only=True, use_fast=True, **packed).save_pretrained(made)
        if (folder / VOCABULARIES[0]).is_file():
            # The library takes the mark before the first entry for a part of it, and an entry U+2028 for none at all.
            text = (folder / VOCABULARIES[0]).read_text(encoding="utf-8-sig")
            path = folder / "tokenizer_config.json"
            settings = json.loads(path.read_text(encoding="utf-8-sig")) if path.is_file() else {}
            definition = json.dumps(tokenizer.word_pieces(text, settings), ensure_ascii=False)
            (made / TOKENIZER).write_text(definition, encoding="utf-8")
