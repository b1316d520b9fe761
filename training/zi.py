"""Train 字级 GPT: a small causal model of Chinese whose tokens are single 字, out of the masked model's lower layers.

    python -m training.zi --text DIR --work DIR --out DIR [--model DIR] [--layers N] [--tokens N] [--test FILE]

`--text` holds zh.txt.xz, a paragraph a line; `--work` keeps tokens and checkpoints; `--out` gets the model. It starts
from `--model` (the embedded mini-mbert): the first `--layers` layers under a causal mask, and of the vocabulary the 字,
the marks and the single letters and figures; Latin words are spelled. Every training text begins with [CLS], which
stands for <bos>, and ends with [SEP]. At the end it tells the nats per 字 on `--test` (a text, or the last column of a
.tsv.xz), beside an interpolated 5-gram of the same training text.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer import paths
from training import corpus, finish
from training.corpus import Corpus
from training.loop import train, watched
from training.ngram import Ngram
from training.vocabulary import GOES_ON

LAYERS, LENGTH = 9, 256
ORDER = 5


def main() -> None:
    from accelerate import Accelerator
    from transformers import AutoTokenizer, BertForPreTraining

    options = _options()
    torch.set_num_threads(options.threads)
    whole = BertForPreTraining.from_pretrained(options.model, dtype=torch.float32)
    net, cutter = start(whole, AutoTokenizer.from_pretrained(options.model), options.layers, options.attention)
    begin, end = cutter.cls_token_id, cutter.sep_token_id
    (text,) = corpus.prepare(options.text, cutter, options.work, ["zh"], edges=(begin, end)).values()
    batches = Batches(text, max(1, options.batch // LENGTH), LENGTH, options.seed)
    accelerator = Accelerator(mixed_precision=options.precision)
    plan = finish.plan(options, batches.rows * LENGTH * accelerator.num_processes, (options.rate,))
    objective = NextToken(net)
    steps = train(objective, (list(net.parameters()),), batches, plan, options.work, accelerator)
    last = watched(steps, plan, silent=not accelerator.is_main_process)
    if accelerator.is_main_process:
        facts = finish.facts("training.zi", options, [options.text / f"zh{corpus.SUFFIX}"], plan, last)
        if options.test is not None:
            facts["nats_per_zi"] = measured(net, cutter, text, options.test)
            print(facts["nats_per_zi"], flush=True)
        finish.save(net, cutter, options.out, facts)


def start(whole: Any, cutter: Any, layers: int, attention: str = "eager") -> tuple[Any, Any]:
    """A causal model with the lower `layers` of `whole`, and a tokenizer whose tokens are single characters."""
    from transformers import BertConfig, BertLMHeadModel, BertTokenizerFast

    ids = cutter.get_vocab()
    kept = [name for name in sorted(ids, key=ids.__getitem__) if single(name) and name != cutter.mask_token]
    rows = torch.tensor([ids[name] for name in kept])
    smaller = {"vocab_size": len(kept), "num_hidden_layers": layers, "is_decoder": True, "architectures": None}
    settings = {**whole.config.to_dict(), **smaller, "bos_token_id": 2, "eos_token_id": 3}
    net = BertLMHeadModel(BertConfig(**settings, attn_implementation=attention))
    given, wanted = whole.state_dict(), net.state_dict()
    taken = {name: given[name] for name in wanted if name in given}
    cut = {name: tensor[rows] for name, tensor in taken.items() if tensor.shape[0] != wanted[name].shape[0]}
    net.load_state_dict(taken | cut, strict=False)
    net.tie_weights()
    new = BertTokenizerFast(
        vocab={name: n for n, name in enumerate(kept)}, do_lower_case=False, strip_accents=False, mask_token=None
    )
    new.model_max_length = cutter.model_max_length
    return net, new


def single(token: str) -> bool:
    """Whether a token is one character, at a word's beginning or within, or a special one."""
    special = token.startswith("[") and token.endswith("]") and len(token) > 2
    return special or len(token) == 1 or (token.startswith(GOES_ON) and len(token) == len(GOES_ON) + 1)


@dataclass(frozen=True)
class Batches:
    """`batches(n)`: `rows` runs of `length` + 1 tokens, each from the beginning of a paragraph on."""

    text: Corpus
    rows: int
    length: int
    seed: int = 0

    def __call__(self, number: int) -> dict[str, Tensor]:
        """ids[rows, length + 1], mask of the tokens that are asked for [rows, length]."""
        rng = np.random.default_rng((self.seed, number))
        last = np.searchsorted(self.text.ends[self.text.firsts], len(self.text.tokens) - self.length)
        at = self.text.ends[self.text.firsts[rng.integers(max(1, last), size=self.rows)]]
        taken = np.stack([np.resize(self.text.tokens[one : one + self.length + 1], self.length + 1) for one in at])
        ids = torch.from_numpy(taken.astype(np.int64))
        return {"ids": ids, "mask": torch.ones_like(ids[:, 1:])}


class NextToken(nn.Module):
    """The mean −ln p of every next token."""

    def __init__(self, net: Any) -> None:
        super().__init__()
        self.net = net

    def forward(self, *, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        scores = self.net(input_ids=ids[:, :-1], use_cache=False).logits.float()
        return {"loss": nn.functional.cross_entropy(scores.flatten(0, 1), ids[:, 1:].flatten())}


@torch.inference_mode()
def measured(net: Any, cutter: Any, text: Corpus, test: Path) -> dict[str, float]:
    """Nats per 字 (every character but blanks) of the lines of `test`, of a table its last column: the model's, and
    those of the 5-gram."""
    counts = Ngram(text.tokens, len(cutter), ORDER, edge=cutter.cls_token_id)
    net.eval()
    own = other = characters = 0.0
    for line in (line.split("\t")[-1] for line in corpus.lines(test) if line.strip()):
        ids = cutter(line, truncation=True)["input_ids"]
        row = torch.tensor([ids], device=net.device)
        scores = net(input_ids=row[:, :-1], use_cache=False).logits[0].float()
        own += float(nn.functional.cross_entropy(scores, row[0, 1:], reduction="sum"))
        other += float(counts.nats(np.array(ids)).sum())
        characters += len("".join(line.split()))
    return {"model": own / characters, "five_gram": other / characters, "characters": characters}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.zi", description=__doc__)
    finish.arguments(parser)
    parser.add_argument("--model", type=Path, default=paths.MODELS / "mini-mbert", metavar="DIR")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--test", type=Path, metavar="FILE", help="text that was never trained on")
    return parser.parse_args()


if __name__ == "__main__":
    main()
