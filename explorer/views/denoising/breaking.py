"""弄坏: the sentence broken in one of seven ways; what the encoder is given, what the decoder is to say."""

from __future__ import annotations

from explorer.ui import page_parts
from explorer.views.denoising.common import Scene, State


def draw(scene: Scene, state: State) -> None:
    page_parts.section("denoising.breaking")
