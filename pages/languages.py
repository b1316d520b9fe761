"""第 6 章 跨语言 · Languages: one space for several languages, and the arrow between two of them."""

from explorer.views._shared.page import chapter_page

chapter_page("languages")
