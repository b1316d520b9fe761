"""What each preset of 微调 changes in the page's state. It knows names of fields and values; it draws nothing."""

from __future__ import annotations

from explorer.ui.i18n import t


def changes(name: str) -> dict[str, object]:
    """The fields that the preset `name` sets; all others are as the page opens."""
    of: dict[str, dict[str, object]] = {
        "few": {"amount": "16"},
        "head": {"layers": 0},
        "hinted": {"sentences": "sentiment"},
        "fast": {"rate": "0.03", "amount": "64", "epochs": 3},
        "slow": {"rate": "0.00001", "amount": "64", "epochs": 3},
        "own": {"sentences": "own", "own": t("finetuning.own.example")},
    }
    return of[name]
