"""第 7 章 接龙 · Generation: one text on the stage, and what comes of asking for the next token again and again."""

from explorer.views._shared.page import chapter_page

chapter_page("generation")
