"""Where each architecture keeps its parts: module paths in the `transformers` library, name prefixes in the files.

This table is all that the rest of the app knows of architectures; a new one is a new row. No torch in here.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.models.errors import ModelError


@dataclass(frozen=True)
class Files:
    """Prefixes of tensor names in the weights file."""

    embeddings: str
    head: str


@dataclass(frozen=True)
class LastRow:
    """Paths inside one layer that let it be computed for a single position (LayerNorm after each block)."""

    self_attention: str
    attention_output: str
    feed_forward: tuple[str, str]


@dataclass(frozen=True)
class MaskedParts:
    """Paths of an encoder with a masked-language-model head. `last_row` None: the whole last layer is computed."""

    module: str
    model_class: str
    body: str
    embeddings: str
    layers: str
    head: str
    transform: str
    decoder: str
    last_row: LastRow | None = None


FILES = {
    "bert": Files(embeddings="bert.embeddings.", head="cls.predictions."),
    "gemma3_text": Files(embeddings="token_embd.", head="output."),
}

MASKED = {
    "bert": MaskedParts(
        module="transformers.models.bert.modeling_bert",
        model_class="BertForMaskedLM",
        body="bert",
        embeddings="bert.embeddings",
        layers="bert.encoder.layer",
        head="cls.predictions",
        transform="cls.predictions.transform",
        decoder="cls.predictions.decoder",
        last_row=LastRow("attention.self", "attention.output", ("intermediate", "output")),
    ),
}


def files_of(model_id: str, family: str) -> Files:
    """Raises ModelError("model_unsupported") for an architecture without a row."""
    if family not in FILES:
        raise ModelError("model_unsupported", model=model_id, model_type=family)
    return FILES[family]


def masked_parts(model_id: str, family: str) -> MaskedParts:
    """Raises ModelError("model_unsupported") for an architecture without a row."""
    if family not in MASKED:
        raise ModelError("model_unsupported", model=model_id, model_type=family)
    return MASKED[family]
