"""第 14 章 课堂 · The room: a class predicts, votes, sees and talks; what a lesson is held with."""

from explorer.views._shared.page import chapter_page

chapter_page("classroom")
