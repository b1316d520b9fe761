"""The table of licences says of every package that is brought what the installed package says of itself."""

from __future__ import annotations

import pytest

from tests import licences


def test_the_table_holds_what_is_installed() -> None:
    found, written = licences.brought(), licences.written()
    changed = {name: (licence, written.get(name)) for name, licence in found.items() if written.get(name) != licence}
    assert not changed, "python -m tests.licences prints the table for THIRD_PARTY.md"


def test_nothing_that_is_brought_asks_for_more_than_the_app_gives() -> None:
    assert not {name for name, found in licences.written().items() if set(found) & set(licences.REFUSED)}
    assert len(licences.written()) > 60


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("MIT", ("MIT",)),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", ("BSD", "CC0-1.0", "MIT", "Zlib")),
        ("Apache Software License", ("Apache-2.0",)),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", ("Apache-2.0", "BSD")),
        ("MIT-CMU", ("MIT-CMU",)),
        ("GNU General Public License v3 or later (GPLv3+)", ("GPL",)),
        ("LGPL-2.1-or-later", ("LGPL",)),
        ("ISC License (ISCL)", ("ISC",)),
        ("All rights reserved", ()),
    ],
)
def test_a_licence_is_known_by_its_family(text: str, families: tuple[str, ...]) -> None:
    assert licences.families(text) == families
