"""第 11 章 文字之外 · Beyond text: pre-training where there are no words, and other ways to pre-train."""

from explorer.views._shared.page import chapter_page

chapter_page("beyond")
