"""第 0 章 首页 · Home: a text split in two, and the field in one walk."""

from explorer.views._shared.page import chapter_page

chapter_page("home")
