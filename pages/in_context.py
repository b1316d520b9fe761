"""第 8 章 语境学习 · In-context learning: a prompt made of examples, and what comes of it."""

from explorer.views._shared.page import chapter_page

chapter_page("in_context")
