"""第 1 章 输入 · Input: one text (or a pair) on the stage, and six ways to see what the model gets."""

from explorer.views._shared.page import chapter_page

chapter_page("input")
