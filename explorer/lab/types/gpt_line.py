"""The GPT line in numbers: what was published of each model, and its weights counted from that; chapter 12, 家族.

Sources: GPT-1, Radford et al. 2018, § 4.1, and its vocabulary file (40,478 entries); GPT-2, Radford et al. 2019,
Table 2 and § 2.3, its heads and the corrected numbers of weights openai/gpt-2 (each model's hparams.json; README.md,
DEVELOPERS.md); GPT-3, Brown et al. 2020 (arXiv 2005.14165), Table 2.1 and § 2.3; the built-in model, config.json.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.lab.types.codec import wire
from explorer.lab.types.experiment import Experiment


@wire("family/specification")
@dataclass(frozen=True)
class Specification:
    """A decoder's shape: layers, width, heads, context and vocabulary. `final_norm`: one more norm behind the stack.

    printed    millions of weights that the paper prints, 0 where it prints none
    corrected  what its authors put in the place of `printed` later, 0 where they let it stand
    """

    layers: int
    width: int
    heads: int
    context: int
    vocabulary: int
    final_norm: bool = True
    printed: float = 0.0
    corrected: float = 0.0


@wire("family/count")
@dataclass(frozen=True)
class Count:
    """Weights of each part; biases lie with what they belong to, the output layer is the embedding."""

    embedding: int
    attention: int
    forward: int
    norms: int

    @property
    def total(self) -> int:
        return self.embedding + self.attention + self.forward + self.norms


@wire("family/count-inputs")
@dataclass(frozen=True)
class CountInputs:
    """Nothing: the model is what is asked about."""


LINE: dict[str, Specification | None] = {
    "gpt1": Specification(12, 768, 12, 512, 40_478, final_norm=False),
    "gpt2s": Specification(12, 768, 12, 1024, 50_257, printed=117, corrected=124),
    "gpt2m": Specification(24, 1024, 16, 1024, 50_257, printed=345, corrected=355),
    "gpt2l": Specification(36, 1280, 20, 1024, 50_257, printed=762, corrected=774),
    "gpt2xl": Specification(48, 1600, 25, 1024, 50_257, printed=1542, corrected=1558),
    "gpt3": Specification(96, 12_288, 96, 2048, 50_257, printed=175_000),
    "instruct": Specification(96, 12_288, 96, 2048, 50_257, printed=175_000),
    "chatgpt": None,
    "gpt4": None,
}


def count(spec: Specification) -> Count:
    """The weights of a GPT of this shape: learned positions, four times as wide a feed-forward net, biases everywhere.

    A layer has attention 4 d² + 4 d, feed-forward 8 d² + 5 d and two norms of 2 d each.
    """
    d, layers = spec.width, spec.layers
    return Count(
        embedding=(spec.vocabulary + spec.context) * d,
        attention=layers * (4 * d * d + 4 * d),
        forward=layers * (8 * d * d + 5 * d),
        norms=layers * 4 * d + 2 * d * spec.final_norm,
    )


@wire("family/gemma-shape")
@dataclass(frozen=True)
class GemmaShape:
    """What the built-in model's config.json says of its shape."""

    layers: int = 18
    width: int = 640
    heads: int = 4
    shared: int = 1  # heads of keys and values
    head: int = 256
    forward: int = 2048
    vocabulary: int = 48_677


def count_gemma(shape: GemmaShape) -> Count:
    """The weights of the built-in model: rotary positions (none to learn), few keys and values, a gated net, no biases.

    Two norms a layer stand around each part, and two more (on each head's queries and keys) are part of the attention.
    """
    d, queries, keys = shape.width, shape.heads * shape.head, shape.shared * shape.head
    return Count(
        embedding=shape.vocabulary * d,
        attention=shape.layers * (2 * d * queries + 2 * d * keys + 2 * shape.head),
        forward=shape.layers * 3 * d * shape.forward,
        norms=shape.layers * 4 * d + d,
    )


def adapter(shape: GemmaShape, rank: int) -> int:
    """The weights of a low-rank adapter (Hu et al. 2021, arXiv 2106.09685): two thin matrices beside each layer's
    matrices for queries and values."""
    queries, values = shape.heads * shape.head, shape.shared * shape.head
    return shape.layers * rank * ((shape.width + queries) + (shape.width + values))


COUNT = Experiment[CountInputs, Count]("family/count", version=1)
