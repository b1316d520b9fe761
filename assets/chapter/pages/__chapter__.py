"""第 __number__ 章 __chapter__ · __Chapter__: one sentence on the stage, and how long its vectors are."""

from explorer.views._shared.page import chapter_page

chapter_page("__chapter__")
