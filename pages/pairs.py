"""第 3 章 句对 · Sentence pairs: one pair on the stage, read by two heads."""

from explorer.views._shared.page import chapter_page

chapter_page("pairs")
