"""第 4 章 注意力 · Attention: all heads of one sentence on the stage, and five questions to ask of them."""

from explorer.views._shared.page import chapter_page

chapter_page("attention")
