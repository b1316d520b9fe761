"""Train the sentence-order head of a masked model: were two neighbouring sentences given in order, or swapped?

    python -m training.sop --text DIR --work DIR [--model DIR] [--pairs N] [--epochs N] [--seed N]

`--text` holds <lang>.txt.xz, a paragraph a line; `--work` keeps what was computed, so that an interrupted run goes on
where it stopped. Two heads are compared on held-out pairs: one on the frozen body, and one that also tunes copies of
two of the body's layers; the better goes beside the model, to <model>-sop, with the checksum of the body that it was
trained on. Both read the mean of the second sentence minus the mean of the first. It knows nothing of the test sets.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.content.sentences import neighbours
from explorer.learning.loop import Group, fit, shuffled
from explorer.models.network.model import Model
from explorer.models.network.pair_heads import PairHead, bert_layers, mean_difference, order_folder
from training import corpus, finish

SHARES = {"zh": 0.4, "en": 0.3, "de": 0.1, "es": 0.1, "fr": 0.05, "ja": 0.05}
LENGTHS = {"zh": (8, 90), "ja": (8, 90)}  # characters of a sentence
LATIN = (25, 260)
READS, TUNED = 8, 2  # the body's first layers are kept as they are; copies of the next are tuned (7.4 MB in fp16)
CHUNK, BATCH, HELD_OUT_CHUNKS, LONGEST = 1000, 32, 2, 180
FROZEN_EPOCHS, FROZEN_RATE, FROZEN_DECAY, TUNED_DECAY, CLIP = 12, 5e-4, 0.1, 0.01, 1.0


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    model = finish.body(options.model)
    chunks = list(_features(model, options))
    print(f"{len(chunks)} chunks of {CHUNK} pairs", flush=True)
    test, train = chunks[:HELD_OUT_CHUNKS], chunks[HELD_OUT_CHUNKS:]
    found = {
        "frozen": _train_frozen(model, train, test, options),
        f"tuned_{TUNED}": _train_tuned(model, train, test, options),
    }
    figures = {name: round(accuracy, 4) for name, (accuracy, _) in found.items()}
    _, head = max(found.values(), key=lambda pair: pair[0])
    _save(model, head, {"held_out": figures, "pairs": len(train) * CHUNK, "seed": options.seed})
    print(f"kept the head with {len(head.layers)} tuned layers; held out {figures}", flush=True)


def _pairs(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Neighbouring sentences of all languages, shuffled with the seed; of one paragraph at most two pairs."""
    rng = random.Random(options.seed)
    found: list[tuple[str, str]] = []
    for lang, share in SHARES.items():
        wanted = round(share * options.pairs)
        low, high = LENGTHS.get(lang, LATIN)
        every = map(str.strip, corpus.lines(options.text / f"{lang}{corpus.SUFFIX}"))
        paragraphs = [line for line in every if len(line) > 3 * low]
        rng.shuffle(paragraphs)
        mine: list[tuple[str, str]] = []
        for paragraph in paragraphs:
            mine += neighbours(paragraph, low, high)[:2]
            if len(mine) >= wanted:
                break
        print(f"{lang}: {len(mine[:wanted])} pairs", flush=True)
        found += mine[:wanted]
    rng.shuffle(found)
    return found


def _features(model: Model, options: argparse.Namespace) -> Iterator[Path]:
    """Files of hidden states, CHUNK pairs each; those that lie in the work folder are not computed again."""
    names = [options.work / f"states-{options.seed}-{n:03}.npz" for n in range(options.pairs // CHUNK)]
    if all(name.exists() for name in names):
        yield from names
        return
    pairs = _pairs(options)
    names = names[: len(pairs) // CHUNK]
    rng = np.random.default_rng(options.seed)
    swaps = rng.integers(0, 2, len(pairs))
    for n, name in enumerate(names):
        if not name.exists():
            start = time.monotonic()
            span = slice(n * CHUNK, (n + 1) * CHUNK)
            _write_states(model, pairs[span], swaps[span], name)
            print(f"features {n + 1}/{len(names)}: {time.monotonic() - start:.0f} s", flush=True)
        yield name


def _write_states(model: Model, pairs: list[tuple[str, str]], swaps: np.ndarray[Any, Any], name: Path) -> None:
    rows = []
    for (first, second), swapped in zip(pairs, swaps, strict=True):
        tokens = model.tokenizer.encode(*((second, first) if swapped else (first, second)))
        if len(tokens) <= LONGEST:
            rows.append((tokens.ids, tokens.type_ids, int(swapped)))
    rows.sort(key=lambda row: len(row[0]))
    states, lengths = [], []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        ids, mask = model.tensor_inputs([row[0] for row in batch])
        types = torch.zeros_like(ids)
        for n, row in enumerate(batch):
            types[n, : len(row[1])] = torch.tensor(row[1])
        hidden = model.hidden_states(ids, mask, types)
        states += [hidden[READS, n, : len(row[0])].half().numpy() for n, row in enumerate(batch)]
        lengths += [len(row[0]) for row in batch]
    part = name.with_suffix(".part.npz")
    splits = [row[1].index(1) for row in rows]  # where segment 1 begins
    np.savez(part, states=np.concatenate(states), lengths=np.array(lengths), splits=np.array(splits),
             labels=np.array([row[2] for row in rows]))  # fmt: skip
    part.rename(name)


Batch = tuple[Tensor, Tensor, Tensor, Tensor]


def _batches(path: Path, rng: np.random.Generator | None) -> Iterator[Batch]:
    """states[B, L, d], mask[B, L], types[B, L], labels[B] of one file; of like length, shuffled with `rng`."""
    held = np.load(path)
    source, labels, lengths, splits = (held[name] for name in ("states", "labels", "lengths", "splits"))
    ends = np.cumsum(lengths)
    starts = np.arange(0, len(labels), BATCH)
    for start in rng.permutation(starts) if rng is not None else starts:
        chosen = range(start, min(start + BATCH, len(labels)))
        longest = int(lengths[chosen.start : chosen.stop].max())
        states = torch.zeros(len(chosen), longest, source.shape[1])
        mask = torch.zeros(len(chosen), longest, dtype=torch.bool)
        types = torch.zeros(len(chosen), longest, dtype=torch.long)
        for n, i in enumerate(chosen):
            states[n, : lengths[i]] = torch.from_numpy(source[ends[i] - lengths[i] : ends[i]].astype(np.float32))
            mask[n, : lengths[i]] = True
            types[n, splits[i] : lengths[i]] = 1
        yield states, mask, types, torch.from_numpy(labels[start : chosen.stop])


def _fresh_layers(model: Model) -> list[nn.Module]:
    """The body's layers READS … READS + TUNED, as copies."""
    layers = bert_layers(finish.layer_settings(model), TUNED)
    for ours, theirs in zip(layers, list(model._layers)[READS : READS + TUNED], strict=True):
        ours.load_state_dict(copy.deepcopy(theirs.state_dict()))
    return layers


@torch.no_grad()
def _means(model: Model, paths: list[Path]) -> tuple[Tensor, Tensor]:
    """What a head on the frozen body reads after READS + TUNED layers: vectors[n, d] and labels[n] of whole files."""
    layers = [layer.eval() for layer in _fresh_layers(model)]
    vectors, answers = [], []
    for path in paths:
        for states, mask, types, labels in _batches(path, None):
            for layer in layers:
                states = layer(states, mask[:, None, None, :])
            vectors.append(mean_difference(states, mask, types))
            answers.append(labels)
    return torch.cat(vectors), torch.cat(answers)


def _train_frozen(
    model: Model, train: list[Path], test: list[Path], options: argparse.Namespace
) -> tuple[float, PairHead]:
    """Accuracy on `test` of the best pass, and that head; the body's answer never changes, so it is taken once."""
    torch.manual_seed(options.seed)
    head = PairHead(model.d_model, READS + TUNED, [], difference=True)
    saved = options.work / f"frozen-{options.seed}.safetensors"
    begun, best = _resume(saved, head)
    if begun:
        return best, head
    (vectors, labels), (test_vectors, test_labels) = _means(model, train), _means(model, test)
    kept = copy.deepcopy(head.state_dict())
    order = shuffled(len(labels), BATCH, FROZEN_EPOCHS, torch.Generator().manual_seed(options.seed))
    steps = math.ceil(len(labels) / BATCH)  # of an epoch

    def loss(chosen: Tensor) -> Tensor:
        scores = head.decide(torch.tanh(head.dense(vectors[chosen])))
        return nn.functional.cross_entropy(scores, labels[chosen])

    for at in fit([Group(list(head.parameters()), FROZEN_RATE, FROZEN_DECAY)], order, loss, clip=CLIP):
        if at.step % steps:
            continue
        with torch.inference_mode():
            right = head.decide(torch.tanh(head.dense(test_vectors))).argmax(-1) == test_labels
        accuracy = float(right.float().mean())
        print(f"frozen {at.step // steps}/{FROZEN_EPOCHS}: held out {accuracy:.4f}", flush=True)
        if accuracy > best:
            best, kept = accuracy, copy.deepcopy(head.state_dict())
    head.load_state_dict(kept)
    _checkpoint(saved, head.state_dict(), FROZEN_EPOCHS, best)
    return best, head


def _train_tuned(
    model: Model, train: list[Path], test: list[Path], options: argparse.Namespace
) -> tuple[float, PairHead]:
    """Accuracy on `test` of the best pass, and that head; goes on after the last pass of an earlier run."""
    torch.manual_seed(options.seed)
    head = PairHead(model.d_model, READS, _fresh_layers(model), difference=True)
    saved, last = (options.work / f"{name}-{options.seed}.safetensors" for name in ("tuned", "last"))
    begun, best = _resume(saved, head)
    kept = copy.deepcopy(head.state_dict())
    begun, _ = _resume(last, head)
    steps, done = options.epochs * len(train) * (CHUNK // BATCH), begun * len(train) * (CHUNK // BATCH)

    def rate(step: int) -> float:
        """A short rise, then down to a tenth."""
        return float(options.rate * min((done + step) / 100, 1.0) * (1 - 0.9 * min((done + step) / steps, 1.0)))

    def loss(batch: Batch) -> Tensor:
        states, mask, types, labels = batch
        return nn.functional.cross_entropy(head(states, mask, types)[2], labels)

    def batches() -> Iterator[Batch]:
        for epoch in range(begun, options.epochs):
            rng = np.random.default_rng((options.seed, epoch))
            for n in rng.permutation(len(train)):
                yield from _batches(train[n], rng)

    an_epoch = sum(math.ceil(len(np.load(path)["labels"]) / BATCH) for path in train)
    training = fit([Group(list(head.parameters()), rate, decay=TUNED_DECAY)], batches(), loss, clip=CLIP)
    for epoch in range(begun, options.epochs):
        head.train()
        losses: list[float] = []
        for at in islice(training, an_epoch):
            losses.append(at.loss)
            if len(losses) % 100 == 0:
                mean = np.mean(losses[-100:])
                print(f"tuned {epoch + 1}/{options.epochs}, step {len(losses)}/{an_epoch}: loss {mean:.4f}", flush=True)
        accuracy = _accuracy(head, test)
        print(f"tuned {epoch + 1}/{options.epochs}: held out {accuracy:.4f}", flush=True)
        if accuracy > best:
            best, kept = accuracy, copy.deepcopy(head.state_dict())
            _checkpoint(saved, kept, epoch + 1, best)
        _checkpoint(last, head.state_dict(), epoch + 1, accuracy)
    head.load_state_dict(kept)
    return best, head


def _resume(path: Path, head: PairHead) -> tuple[int, float]:
    """Passes done and accuracy of a checkpoint, whose weights `head` takes over; (0, 0.0) where there is none."""
    from safetensors.torch import load_file

    if not path.exists():
        return 0, 0.0
    held = load_file(path)
    epochs, accuracy = int(held.pop("_epochs")), float(held.pop("_accuracy"))
    head.load_state_dict(held)
    return epochs, accuracy


@torch.inference_mode()
def _accuracy(head: PairHead, test: list[Path]) -> float:
    head.eval()
    right = [
        (head(states, mask, types)[2].argmax(-1) == labels).float()
        for path in test
        for states, mask, types, labels in _batches(path, None)
    ]
    return float(torch.cat(right).mean())


def _checkpoint(path: Path, weights: dict[str, Tensor], epochs: int, accuracy: float) -> None:
    from safetensors.torch import save_file

    save_file({**weights, "_epochs": torch.tensor(epochs), "_accuracy": torch.tensor(accuracy)}, path)


def _save(model: Model, head: PairHead, figures: dict[str, Any]) -> None:
    settings = {"reads": head.reads, "layers": len(head.layers), "layer": finish.layer_settings(model)}
    finish.save_companion(head.state_dict(), model, order_folder(model.info), settings, figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.sop", description=__doc__)
    parser.add_argument("--text", type=Path, required=True, metavar="DIR", help="<lang>.txt.xz, a paragraph a line")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="where intermediate files are kept")
    parser.add_argument("--model", type=Path, metavar="DIR", help="another body than the embedded one")
    parser.add_argument("--pairs", type=int, default=30_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e-4, help="learning rate of the tuned layers")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
