"""`python -m explorer models list | fetch | verify | remove | use | choose | pack | unpack`: for a teacher at home.

Knows arguments and how to print; whoever types here sits at the machine, so nothing is forbidden. Messages are those of
the app (assets/text/en/errors.toml).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from explorer import chapters, console, texts
from explorer.errors import Told
from explorer.models.catalog import adhoc_models, catalog, chapter_models, store, terms
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.policy import Policy
from explorer.models.download import archive
from explorer.models.download.fetch import Options, Progress, fetch
from explorer.models.network.model_files import FP32_BYTES, LOADING_OVERHEAD

LINE_EVERY_S = 5.0  # where the output is no terminal


def add(commands: Any) -> None:
    """Adds `models` to the parser's subcommands."""
    parser = commands.add_parser("models", help="list, fetch, verify, remove, pack and unpack models")
    verbs = parser.add_subparsers(required=True)

    verb = _verb(verbs, "list", _list, "every model: state, size, licence, source, chapters", several="*")
    verb.add_argument("--json", action="store_true", help="one JSON list")

    verb = _verb(verbs, "fetch", _fetch, "fetch models (an id of the list, or OWNER/NAME[@REVISION])", several="*")
    verb.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="look in this folder first, and copy")
    verb.add_argument("--accept-terms", action="store_true", help="you have read the terms and accept them")
    verb.add_argument("--newest", action="store_true", help="not the version pinned here, but the source's newest")

    _verb(verbs, "verify", _verify, "read every file again and compare checksums", several="*")
    _verb(verbs, "remove", _remove, "delete fetched models", several="+")

    verb = verbs.add_parser("use", help="use a folder of this machine as a model, where it is")
    verb.add_argument("folder", type=Path)
    verb.set_defaults(run=_use)

    verb = verbs.add_parser("choose", help="let a chapter use a model that is here")
    verb.add_argument("chapter", type=_chapter, metavar="CHAPTER")
    verb.add_argument("model", metavar="MODEL")
    verb.set_defaults(run=_choose)

    verb = verbs.add_parser("pack", help="write models into one file to carry")
    verb.add_argument("file", type=Path)
    _which(verb, "*")
    verb.set_defaults(run=_pack)

    verb = verbs.add_parser("unpack", help="bring a pack's models here")
    verb.add_argument("file", type=Path)
    verb.add_argument("--accept-terms", action="store_true", help="you have read the terms and accept them")
    verb.set_defaults(run=_unpack)


def _verb(verbs: Any, name: str, run: Any, help: str, *, several: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=help)
    _which(verb, several)
    verb.set_defaults(run=run)
    return verb


def _which(verb: argparse.ArgumentParser, several: str) -> None:
    verb.add_argument("models", nargs=several, metavar="MODEL")
    names = ", ".join(f"{slug} {title}" for slug, title in _titles().items())
    verb.add_argument("--all-for", type=_chapter, metavar="CHAPTER", help=f"every model a chapter can use: {names}")


@cache
def _titles() -> dict[str, str]:
    """The chapters that run a model, each with its Chinese name as the sidebar gives it."""
    found = {}
    for chapter in chapters.CHAPTERS:
        if chapter.ability:
            found[chapter.id] = texts.text(f"{chapter.id}.nav", "zh").partition("：")[0]
    return found


def _chapter(written: str) -> str:
    for slug, title in _titles().items():
        if written in (slug, title):
            return slug
    raise argparse.ArgumentTypeError(f"no chapter {written!r}")


def _list(options: argparse.Namespace) -> int:
    kept, infos = store.default(), _chosen(options) or catalog.everything()
    if options.json:
        print(console.json_text([_row(info, kept) for info in infos]))
        return 0
    for info in infos:
        size = f"{info.bytes / 1e6:,.0f} MB" if info.bytes else "size: see source"
        print(f"{info.id:<36} {_state(info, kept):<9} {info.kind:<8} {size:>16}  {info.licence}")
        print(f"{'':<36} {' → '.join(info.sources)} · {' '.join(_titles()[one] for one in _able(info))}")
    print(f"\nfetched models lie in {kept.root}")
    return 0


def _row(info: ModelInfo, kept: store.Store) -> dict[str, object]:
    return {
        "id": info.id,
        "name": info.name,
        "state": _state(info, kept),
        "kind": info.kind,
        "bytes": info.bytes or None,
        "on_disk": kept.bytes_on_disk(info.id),
        "parameters": info.parameters or None,
        "verified": bool(info.revision),
        "licence": info.licence,
        "sources": list(info.sources),
        "chapters": _able(info),
        "used_by": list(chapter_models.chapters_of(info.id)),
        "memory": round(info.parameters * FP32_BYTES * LOADING_OVERHEAD) or None,
        "folder": str(info.folder),
    }


def _state(info: ModelInfo, kept: store.Store) -> str:
    return "embedded" if info.embedded else kept.state(info.id)


def _able(info: ModelInfo) -> list[str]:
    """The chapters that this model can do."""
    return [chapter.id for chapter in chapters.CHAPTERS if chapter.ability in info.able]


def _fetch(options: argparse.Namespace) -> int:
    chosen = [info for info in _chosen(options) if not info.embedded]
    if not chosen:
        print("nothing to fetch: name a model (models list) or a chapter (--all-for)", file=sys.stderr)
        return 2
    failed = 0
    for info in chosen:
        try:
            accepted = _accepted(info, options.accept_terms)
            how = Options(folder=options.folder, newest=options.newest, accepted=accepted)
            show(fetch(info, how))
            print(f"{info.id}: here, {catalog.entry(info.id).folder}")
        except KeyboardInterrupt:
            print(f"\n{info.id}: stopped; the same command goes on from here", file=sys.stderr)
            return 130
        except Told as error:
            failed += 1
            print(f"{info.id}: {message(error)}", file=sys.stderr)
    return 1 if failed else 0


def _verify(options: argparse.Namespace) -> int:
    kept = store.default()
    wrong = 0
    for model_id in [info.id for info in _chosen(options)] or kept.ids():
        if kept.kept(model_id) is None:
            state = "embedded" if catalog.entry(model_id).embedded else kept.state(model_id)
            print(f"{model_id}: {state}")
            wrong += state == "damaged"
            continue
        for name, right in kept.verify(model_id):
            print(f"{model_id}: {name}: {'as fetched' if right else 'CHANGED'}", flush=True)
            wrong += not right
    return 1 if wrong else 0


def _remove(options: argparse.Namespace) -> int:
    for info in _chosen(options):
        try:
            chapter_models.forget(info.id)
            print(f"{info.id}: {store.default().remove(info.id) / 1e6:,.0f} MB freed")
        except Told as error:
            print(f"{info.id}: {message(error)}", file=sys.stderr)
            return 1
    return 0


def _use(options: argparse.Namespace) -> int:
    try:
        info = adhoc_models.register(options.folder, Policy(alone=True))
    except Told as error:
        print(message(error), file=sys.stderr)
        return 1
    print(f"{info.id}: {info.family}, {info.kind}, {info.parameters:,} weights")
    return 0


def _choose(options: argparse.Namespace) -> int:
    try:
        info = chapter_models.choose(options.chapter, options.model)
    except Told as error:
        print(message(error), file=sys.stderr)
        return 1
    print(f"{_titles()[options.chapter]}: {info.id}")
    return 0


def _pack(options: argparse.Namespace) -> int:
    kept = store.default()
    chosen = [info.id for info in _chosen(options)] or list(kept.ids())
    if options.all_for:
        chosen = [model_id for model_id in chosen if kept.state(model_id) == "whole"]
    if not chosen:
        print("nothing to pack: fetch models first", file=sys.stderr)
        return 2
    try:
        show(archive.pack(chosen, options.file, kept))
    except Told as error:
        print(message(error), file=sys.stderr)
        return 1
    print(f"{options.file}: {', '.join(chosen)}")
    return 0


def _unpack(options: argparse.Namespace) -> int:
    try:
        infos = archive.contents(options.file)
        accepted = all(_accepted(info, options.accept_terms) for info in infos)
        show(archive.unpack(options.file, store.default(), accepted=accepted))
    except Told as error:
        print(message(error), file=sys.stderr)
        return 1
    print(f"here: {', '.join(info.id for info in infos)}")
    return 0


def _chosen(options: argparse.Namespace) -> list[ModelInfo]:
    try:
        chosen = [adhoc_models.by_name(name) for name in options.models]
    except Told as error:
        raise SystemExit(message(error)) from error
    if options.all_for:
        chosen += [catalog.entry(info.id) for info in catalog.able_to(chapters.get(options.all_for).ability)]
    return list(dict.fromkeys(chosen))


def _accepted(info: ModelInfo, said: bool) -> bool:
    """Whether the terms are accepted: said on the command line, noted before, or asked for now, the text first."""
    if terms.accepted(info, store.default()) or said or not sys.stdin.isatty():
        return said
    print(terms.text(info))
    return input(f"\n{info.name}: do you accept these terms ({info.licence})? Type yes: ").strip().lower() == "yes"


def show(steps: Iterator[Progress]) -> None:
    """One line that grows on a terminal, a line every few seconds elsewhere, all on stderr."""
    live, told = sys.stderr.isatty(), 0.0
    for step in steps:
        now = time.monotonic()
        if not live and now - told < LINE_EVERY_S and step.phase != "done":
            continue
        told = now
        print(f"\r\033[K{_line(step)}" if live else _line(step), end="" if live else "\n", file=sys.stderr, flush=True)
    if live:
        print(file=sys.stderr)


def _line(step: Progress) -> str:
    parts = [f"{step.model}: {step.phase}", step.file or step.place]
    if step.total:
        parts.append(f"{step.done / 1e6:,.1f} of {step.total / 1e6:,.1f} MB")
    if step.rate:
        parts.append(f"{step.rate / 1e6:,.2f} MB/s")
    if step.seconds_left is not None:
        parts.append(f"{step.seconds_left:,.0f} s" + (f" ({step.reason})" if step.reason else " left"))
    return " · ".join(part for part in parts if part)


def message(error: Told) -> str:
    try:
        return texts.text(f"errors.{error.key}", "en", **error.values).replace("**", "")
    except KeyError:
        return f"{error.key} {error.values}"
