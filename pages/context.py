"""第 5 章 语境 · Words in context: one word in many sentences on the stage, and seven things to do with it."""

from explorer.views._shared.page import chapter_page

chapter_page("context")
