"""Table of architectures: module paths in the `transformers` library and name prefixes in the weight files.

This table is all that the rest of the app knows of architectures; a new one is a new row. No torch in here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.errors import ModelUnavailable


@dataclass(frozen=True)
class Sizes:
    """Under which keys config.json keeps the sizes.

    embedding      width of the token vectors, where it may differ from the layers' width ("": it does not)
    positions      "": the architecture sets no limit; `default_positions` is what it was trained with
    reserved       entries of the position table that no token uses
    """

    layers: str = "num_hidden_layers"
    heads: str = "num_attention_heads"
    width: str = "hidden_size"
    embedding: str = ""
    positions: str = "max_position_embeddings"
    default_positions: int = 0
    reserved: int = 0


@dataclass(frozen=True)
class Files:
    """Prefixes of tensor names in a weights file, and whether the head's matrix is the embeddings' by default."""

    embeddings: tuple[str, ...]
    head: tuple[str, ...]
    tied: bool = True


@dataclass(frozen=True)
class LastRow:
    """Paths inside one layer that let it be computed for a single position (LayerNorm after each block)."""

    self_attention: str
    attention_output: str
    feed_forward: tuple[str, str]


@dataclass(frozen=True)
class Architecture:
    """One row: where a network of the `transformers` library keeps what experiments ask for.

    kind              masked | causal | seq2seq
    module, name      the class: `name` in transformers.models.`module`
    body              the network below the head; of a seq2seq model its encoder
    decoder           of a seq2seq model the part that writes ("" otherwise)
    layers            the list of the body's layers (ALBERT has one that is run again and again)
    final_norm        the normalisation between the last layer and the head ("": the layers end normalised)
    transform         the head's modules before its matrix, in order; "gelu" is the function, not a path
    matrix            the head's matrix, from vectors to scores
    bias              added to the scores, where it is not the matrix's own
    segments          True: the second text of a pair gets another type id than the first
    embeddings        token ids → input of the first layer; needed by `last_row` only
    last_row          None: there is no shortcut to the last layer's output at a single position
    """

    kind: str
    module: str
    name: str
    body: str
    layers: str
    matrix: str
    files: Files
    decoder: str = ""
    final_norm: str = ""
    transform: tuple[str, ...] = ()
    bias: str = ""
    segments: bool = False
    embeddings: str = ""
    last_row: LastRow | None = None
    sizes: Sizes = Sizes()


_BERT_ROW = LastRow("attention.self", "attention.output", ("intermediate", "output"))

_ROBERTA = Architecture(
    kind="masked",
    module="roberta.modeling_roberta",
    name="RobertaForMaskedLM",
    body="roberta",
    layers="roberta.encoder.layer",
    transform=("lm_head.dense", "gelu", "lm_head.layer_norm"),
    matrix="lm_head.decoder",
    files=Files(embeddings=("roberta.embeddings.", "embeddings."), head=("lm_head.",)),
    embeddings="roberta.embeddings",
    last_row=_BERT_ROW,
    sizes=Sizes(reserved=2),  # positions are counted on from the padding token's id, 1
)

_LLAMA = Architecture(
    kind="causal",
    module="llama.modeling_llama",
    name="LlamaForCausalLM",
    body="model",
    layers="model.layers",
    final_norm="model.norm",
    matrix="lm_head",
    files=Files(embeddings=("model.embed_tokens.", "embed_tokens."), head=("lm_head.",), tied=False),
)

_T5 = Architecture(
    kind="seq2seq",
    module="t5.modeling_t5",
    name="T5ForConditionalGeneration",
    body="encoder",
    decoder="decoder",
    layers="encoder.block",
    final_norm="decoder.final_layer_norm",
    matrix="lm_head",
    files=Files(embeddings=("shared.",), head=("lm_head.",)),
    sizes=Sizes(
        layers="num_layers", heads="num_heads", width="d_model", positions="n_positions", default_positions=512
    ),
)

ARCHITECTURES = {
    "bert": Architecture(
        kind="masked",
        module="bert.modeling_bert",
        name="BertForMaskedLM",
        body="bert",
        layers="bert.encoder.layer",
        transform=("cls.predictions.transform",),
        matrix="cls.predictions.decoder",
        files=Files(embeddings=("bert.embeddings.", "embeddings."), head=("cls.predictions.",)),
        segments=True,
        embeddings="bert.embeddings",
        last_row=_BERT_ROW,
    ),
    "roberta": _ROBERTA,
    "xlm-roberta": replace(_ROBERTA, module="xlm_roberta.modeling_xlm_roberta", name="XLMRobertaForMaskedLM"),
    "albert": Architecture(
        kind="masked",
        module="albert.modeling_albert",
        name="AlbertForMaskedLM",
        body="albert",
        layers="albert.encoder.albert_layer_groups",
        transform=("predictions.dense", "predictions.activation", "predictions.LayerNorm"),
        matrix="predictions.decoder",
        files=Files(
            embeddings=(
                "albert.embeddings.",
                "albert.encoder.embedding_hidden_mapping_in.",
                "embeddings.",
                "encoder.embedding_hidden_mapping_in.",
            ),
            head=("predictions.",),
        ),
        segments=True,
        sizes=Sizes(embedding="embedding_size"),
    ),
    "distilbert": Architecture(
        kind="masked",
        module="distilbert.modeling_distilbert",
        name="DistilBertForMaskedLM",
        body="distilbert",
        layers="distilbert.transformer.layer",
        transform=("vocab_transform", "activation", "vocab_layer_norm"),
        matrix="vocab_projector",
        files=Files(embeddings=("distilbert.embeddings.", "embeddings."), head=("vocab_",)),
        sizes=Sizes(layers="n_layers", heads="n_heads", width="dim"),
    ),
    "electra": Architecture(
        kind="masked",
        module="electra.modeling_electra",
        name="ElectraForMaskedLM",
        body="electra",
        layers="electra.encoder.layer",
        transform=(
            "generator_predictions.dense",
            "generator_predictions.activation",
            "generator_predictions.LayerNorm",
        ),
        matrix="generator_lm_head",
        files=Files(
            embeddings=("electra.embeddings.", "electra.embeddings_project.", "embeddings.", "embeddings_project."),
            head=("generator_",),
        ),
        segments=True,
        sizes=Sizes(embedding="embedding_size"),
    ),
    "gpt2": Architecture(
        kind="causal",
        module="gpt2.modeling_gpt2",
        name="GPT2LMHeadModel",
        body="transformer",
        layers="transformer.h",
        final_norm="transformer.ln_f",
        matrix="lm_head",
        files=Files(embeddings=("transformer.wte.", "transformer.wpe.", "wte.", "wpe."), head=("lm_head.",)),
        sizes=Sizes(layers="n_layer", heads="n_head", width="n_embd", positions="n_positions"),
    ),
    "llama": _LLAMA,
    "qwen2": replace(_LLAMA, module="qwen2.modeling_qwen2", name="Qwen2ForCausalLM"),
    "gemma3_text": replace(
        _LLAMA,
        module="gemma3.modeling_gemma3",
        name="Gemma3ForCausalLM",
        files=replace(_LLAMA.files, tied=True),
    ),
    "t5": _T5,
    "mt5": replace(_T5, module="mt5.modeling_mt5", name="MT5ForConditionalGeneration"),
    "bart": Architecture(
        kind="seq2seq",
        module="bart.modeling_bart",
        name="BartForConditionalGeneration",
        body="model.encoder",
        decoder="model.decoder",
        layers="model.encoder.layers",
        matrix="lm_head",
        bias="final_logits_bias",
        files=Files(
            embeddings=(
                "model.shared.",
                "model.encoder.embed_positions.",
                "model.encoder.layernorm_embedding.",
                "model.decoder.embed_positions.",
                "model.decoder.layernorm_embedding.",
            ),
            head=("lm_head.", "final_logits_bias"),
        ),
        sizes=Sizes(layers="encoder_layers", heads="encoder_attention_heads", width="d_model"),
    ),
}

GGUF_FILES = Files(embeddings=("token_embd.",), head=("output.",))  # the format names tensors alike for all families


def architecture(model_id: str, family: str) -> Architecture:
    """The row of a family. Raises ModelUnavailable("model_unsupported") for one without."""
    if family not in ARCHITECTURES:
        raise ModelUnavailable("model_unsupported", model=model_id, model_type=family)
    return ARCHITECTURES[family]
