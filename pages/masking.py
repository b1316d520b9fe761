"""第 2 章 填空 · Masking: one sentence on the stage, and eight things to do with it."""

from explorer.views._shared.page import chapter_page

chapter_page("masking")
