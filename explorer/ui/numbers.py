"""How numbers are written for a reader: 37.2 %, < 0.1 %, 12,912,768, −1.25."""

from __future__ import annotations


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
    """A number with a true minus sign."""
    return f"{x:.{digits}f}".replace("-", "−")
