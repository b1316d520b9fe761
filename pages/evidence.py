"""第 13 章 证据 · Evidence: every claim, what was published, what was measured here.

The one page that knows more than views: it hands its stage the bench that measures.
"""

from explorer.evidence import runner
from explorer.views._shared.page import chapter_page

chapter_page("evidence", runner)
