"""Under which licences the packages stand that requirements.txt brings: read from what is installed.

    python -m tests.licences      prints the table of THIRD_PARTY.md

Licences are told by family (BSD for BSD-2-Clause and BSD-3-Clause), because packages spell the same one differently in
other versions. A package whose licence can't be read is an error: somebody has to look at it.
"""

from __future__ import annotations

import re
from importlib import metadata

from benchmarks import plain_environment
from explorer import paths

MARK = "<!-- made by: python -m tests.licences -->"
# In this order: what stands first is not looked for again in what is left.
FAMILIES = {
    "LGPL": r"LGPL|Lesser General Public",
    "GPL": r"\bA?GPL|General Public Licen[cs]e",
    "Apache-2.0": r"Apache[- ]?(Software )?(Licen[cs]e)?[ ,-]*(Version )?(2(\.0)?)?( WITH LLVM-exception)?",
    "MPL-2.0": r"MPL-2\.0|Mozilla Public Licen[cs]e 2\.0( \(MPL 2\.0\))?",
    "PSF-2.0": r"PSF-2\.0|Python Software Foundation Licen[cs]e",
    "CNRI-Python": r"CNRI-Python",
    "MIT-CMU": r"MIT-CMU|HPND",
    "ISC": r"\bISC( Licen[cs]e)?( \(ISCL\))?",
    "BSL-1.0": r"BSL-1\.0",
    "Zlib": r"\bZlib\b",
    "CC0-1.0": r"CC0-1\.0",
    "BSD": r"\b(0BSD|([23]-Clause )?BSD(-[23]-Clause)?( Licen[cs]e)?)",
    "MIT": r"\bMIT\b",
    "Unlicense": r"Unlicense",
}
REFUSED = ("GPL",)  # for an app under the Apache License that is passed on


def brought() -> dict[str, tuple[str, ...]]:
    """The licences of every package that requirements.txt brings, by its name.

    Raises ValueError for a package whose licence is none of FAMILIES.
    """
    names = plain_environment.brought_by((paths.ROOT / "requirements.txt").read_text(encoding="utf-8"))
    found = {name: families(told(name)) for name in sorted(names)}
    if unknown := [name for name, licences in found.items() if not licences]:
        raise ValueError(f"no licence known: {', '.join(f'{name} ({told(name)[:80]})' for name in unknown)}")
    return found


def told(name: str) -> str:
    """What an installed package says of its licence: the expression, else the classifiers, else the field."""
    about = metadata.metadata(name)

    def field(key: str) -> str:
        return str((about.get_all(key) or [""])[0])

    classifiers = [line.split("::")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    known = " / ".join(line for line in classifiers if families(line))
    return field("License-Expression") or known or field("License")


def families(text: str) -> tuple[str, ...]:
    """The families that a licence expression names, in alphabetical order."""
    found, left = set(), text
    for family, pattern in FAMILIES.items():
        if re.search(pattern, left, re.IGNORECASE):
            found.add(family)
            left = re.sub(pattern, " ", left, flags=re.IGNORECASE)
    return tuple(sorted(found))


def table(found: dict[str, tuple[str, ...]]) -> str:
    """The table, a package a line."""
    rows = "\n".join(f"| {name} | {', '.join(licences)} |" for name, licences in found.items())
    return f"{MARK}\n\n| package | licence |\n|---|---|\n{rows}\n"


def written() -> dict[str, tuple[str, ...]]:
    """The table as THIRD_PARTY.md has it."""
    text = (paths.ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").split(MARK)[1]
    rows = re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|$", text, re.MULTILINE)
    return {name: tuple(licences.split(", ")) for name, licences in rows if name != "package"}


if __name__ == "__main__":
    print(table(brought()), end="")
