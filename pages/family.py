"""第 12 章 家族 · The GPT line: from GPT-1 to ChatGPT, with RLHF that really runs."""

from explorer.views._shared.page import chapter_page

chapter_page("family")
