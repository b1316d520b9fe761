"""第 10 章 还原 · Denoising: a sentence is broken, and a decoder says it again token by token."""

from explorer.views._shared.page import chapter_page

chapter_page("denoising")
