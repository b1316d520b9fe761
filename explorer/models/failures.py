"""What can go wrong on the way to a model, as something a teacher can be told. Knows no interface language."""

from __future__ import annotations

from explorer.models.errors import ModelError


class FetchError(ModelError):
    """`key` names the message, `values` fill it.

    Of one source: source_unreachable (place, reason), source_missing (place, repo), source_gated (place, repo, status),
    rate_limited (place, seconds), source_broken (place, reason), connection_lost (place, file),
    too_slow (place, file), size_wrong (place, file, expected, found), checksum_wrong (place, file), checksum_none
    (place, file), pin_changed (place, file), only_pickle (place, repo), weights_in_parts (place, repo),
    file_too_large (place, file, gb, limit_gb).
    Of the model or the machine: no_source (model, tried), config_refused (model, reason), disk_full (path, needed_gb,
    free_gb), fetch_running (model), terms_first (model, licence), not_allowed (action), cancelled (),
    conversion_failed (model, reason), id_refused (id), folder_refused (path, reason), pack_refused (path, reason),
    not_for_chapter (model).
    """


class Transient(Exception):
    """The same request may work later. `wait_s`: how long the other side asked to wait; None if it did not say."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


OTHER_SOURCE_MAY_HELP = frozenset(
    "source_unreachable source_missing source_gated rate_limited source_broken connection_lost too_slow size_wrong "
    "checksum_wrong checksum_none pin_changed only_pickle weights_in_parts file_too_large".split()
)
