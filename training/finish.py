"""What the training programs share beside the loop: their arguments, and how a model is written with how it was made.

Knows no objective.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from explorer import paths
from explorer.models.catalog import catalog
from explorer.models.catalog.store import sha256_of
from explorer.models.network.loader import load
from explorer.models.network.model import Model
from training.loop import Plan, Step

FACTS = "training.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what every long run asks for."""
    on_gpu = torch.cuda.is_available()
    parser.add_argument("--text", type=Path, required=True, metavar="DIR", help="<lang>.txt.xz, a paragraph a line")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="tokens and checkpoints are kept there")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the trained model's folder")
    parser.add_argument("--tokens", type=int, default=300_000_000, help="to read, padding included")
    parser.add_argument("--batch", type=int, default=16_384, help="tokens of a batch on a device, padding included")
    parser.add_argument("--average", type=float, default=0.999, help="of the weights that are kept, the older part")
    parser.add_argument("--save-every", type=int, default=500, help="steps between checkpoints")
    parser.add_argument("--workers", type=int, default=0, help="processes that make batches ahead")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of the processor")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precision", choices=("no", "bf16"), default="bf16" if on_gpu else "no")
    parser.add_argument("--attention", choices=("eager", "sdpa"), default="sdpa" if on_gpu else "eager")


def save(net: Any, cutter: Any, folder: Path, facts: dict[str, Any]) -> None:
    """`net` in fp16 with its tokenizer, and `facts` beside it with the checksum of the weights."""
    net.half().save_pretrained(folder)
    cutter.save_pretrained(folder)
    weights = folder / "model.safetensors"
    (folder / FACTS).write_text(json.dumps(facts | {"sha256": sha256_of(weights)}, indent=1) + "\n", encoding="utf-8")


def plan(options: argparse.Namespace, a_step: int, rates: tuple[float, ...]) -> Plan:
    """As many steps as the tokens that were asked for make, `a_step` of them at a time."""
    return Plan(
        steps=max(1, options.tokens // a_step),
        rates=rates,
        average=options.average,
        save_every=options.save_every,
        workers=options.workers,
    )


def facts(
    program: str, options: argparse.Namespace, texts: Iterable[Path], plan: Plan, last: Step | None
) -> dict[str, Any]:
    """How a model was made: by what program, from what, on which texts, how far."""
    return {
        "program": program,
        "from": described(options.model),
        "text": {path.name: sha256_of(path) for path in texts},
        "plan": asdict(plan),
        "batch_tokens": options.batch,
        "seed": options.seed,
        "precision": options.precision,
        "last": None if last is None else asdict(last),
    }


def body(folder: Path | None) -> Model:
    """The body that a head or decoder is made for: the embedded model, or the one in `folder` in its place."""
    info = catalog.default("masked")
    if folder is not None and folder != paths.MODELS / info.path:
        info = catalog.put_in_place(info.id, folder)
    return load(info, device="cpu")


def save_companion(
    tensors: Mapping[str, Tensor], model: Model, out: Path, settings: Mapping[str, Any], trained: Mapping[str, Any]
) -> None:
    """Weights that fit this body alone, in fp16, and what they were made for and how."""
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    weights = out / "model.safetensors"
    save_file({name: tensor.detach().half().contiguous() for name, tensor in tensors.items()}, weights)
    told = {"body": model.info.revision, **settings, "sha256": sha256_of(weights), "trained": trained}
    (out / "config.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def layer_settings(model: Model) -> dict[str, Any]:
    """The shape of the body's layers, for a head or decoder that has some of its own."""
    wanted = ("hidden_size", "num_attention_heads", "intermediate_size", "hidden_act", "layer_norm_eps")
    settings = json.loads((model.info.folder / "config.json").read_text(encoding="utf-8"))
    return {name: settings[name] for name in wanted}


def described(model: Path) -> dict[str, Any]:
    """What a run started from: the checksum of its weights, and how those were made where that is written there."""
    made = model / FACTS
    return {"sha256": sha256_of(model / "model.safetensors")} | (
        {"made": json.loads(made.read_text(encoding="utf-8"))} if made.exists() else {}
    )
