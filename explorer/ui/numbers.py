"""How numbers are written for a reader: 37.2 %, < 0.1 %, 12,912,768, −1.25; 3470 万 or 34.7 M."""

from __future__ import annotations

# The units in which a language counts what is large: Chinese by the ten thousand, English by the thousand.
_UNITS = {
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
    "en": ((1e12, "T"), (1e9, "B"), (1e6, "M")),
}


def percent(p: float) -> str:
    """A probability in per cent with one decimal; "< 0.1 %" for small ones, "> 99.9 %" for what only looks like 1."""
    if p < 0.001:
        return "0 %" if p == 0 else "< 0.1 %"
    if 0.9995 <= p < 1:
        return "> 99.9 %"
    return f"{p * 100:.1f} %"


def thousands(n: float) -> str:
    """A whole number with separators."""
    return f"{n:,.0f}"


def signed(x: float, digits: int = 2) -> str:
    """A number with a true minus sign; what is rounded to nought has none."""
    return f"{x:z.{digits}f}".replace("-", "−")


def size(n_bytes: float) -> str:
    """ "69 MB", "1.24 GB", in powers of ten, as sources and shops count."""
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"


def parameters(n: float, lang: str) -> str:
    """How many parameters a model has, to three digits: 3470 万 and 1750 亿, or 34.7 M and 175 B."""
    for unit, name in _UNITS[lang]:
        if n >= unit:
            return f"{float(f'{n / unit:.3g}'):g} {name}"
    return thousands(n)
