"""The code behind each tool: lines for the embedded masked model, or for whatever model is on the stage.

It knows where architectures keep a head's output, and how a reader gets the same weights into a notebook.
"""

from __future__ import annotations

from functools import partial

from explorer.engine import catalog
from explorer.ui import page_parts
from explorer.views.attention.scene import Scene

# What the heads of a layer, side by side, go into.
OUTPUTS = {
    "bert": "bert.encoder.layer.{}.attention.output.dense",
    "roberta": "roberta.encoder.layer.{}.attention.output.dense",
    "xlm-roberta": "roberta.encoder.layer.{}.attention.output.dense",
    "electra": "electra.encoder.layer.{}.attention.output.dense",
    "distilbert": "distilbert.transformer.layer.{}.attention.out_lin",
    "gpt2": "transformer.h.{}.attn.c_proj",
    "gemma3_text": "model.layers.{}.self_attn.o_proj",
    "llama": "model.layers.{}.self_attn.o_proj",
    "qwen2": "model.layers.{}.self_attn.o_proj",
}
LISTS = {"self": "attentions", "decoder": "decoder_attentions", "cross": "cross_attentions"}


def plain_bert(scene: Scene) -> bool:
    """Whether the snippets written for the embedded masked model say what is on the stage."""
    return scene.model_id == catalog.default("masked").id


def look(scene: Scene, layer: int, head: int, query: int) -> None:
    """One row of one head by the library alone, whatever the model."""
    if scene.kind == "seq2seq":
        page_parts.show_code(
            "attention_cross", texts=_texts(scene), layer=layer, head=head, query=query, target=scene.sight.target,
            attentions="encoder_attentions" if scene.sight.part == "self" else LISTS[scene.sight.part],
            of=catalog.entry(scene.model_id),
        )  # fmt: skip
    else:
        page_parts.show_code(
            "attention_look", texts=_texts(scene), layer=layer, head=head, query=query, of=catalog.entry(scene.model_id)
        )


def cell(scene: Scene, layer: int, head: int, query: int, seen: int) -> None:
    if plain_bert(scene):
        page_parts.show_code("attention_cell", texts=_texts(scene), layer=layer, head=head, query=query, seen=seen)
    else:
        look(scene, layer, head, query)


def atlas(scene: Scene, layer: int, head: int) -> None:
    if plain_bert(scene):
        page_parts.show_code("attention_atlas", texts=_texts(scene))
    else:
        look(scene, layer, head, 0)


def off(scene: Scene, position: int, heads: list[tuple[int, int]]) -> None:
    """Heads switched off by hooks; where layers share their weights (ALBERT) a hook can't tell them apart."""
    info = catalog.entry(scene.model_id)
    if info.family not in OUTPUTS:
        return
    show = partial(page_parts.show_code, of=info, text=scene.sight.text, off=heads, output=OUTPUTS[info.family])
    if info.kind == "masked":
        show("attention_off", position=position)
    else:
        show("attention_off_next")


def _texts(scene: Scene) -> list[str]:
    return [scene.sight.text, scene.sight.pair] if scene.sight.pair else [scene.sight.text]
