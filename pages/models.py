"""模型 · Models: what is here, what can be had, and which chapter uses which."""

from explorer.ui import chrome
from explorer.views import finish
from explorer.views.models import chapter_use, common, others, shelf

chrome.question("models")
finish.link_problems(common.store())
chrome.guarded(chapter_use.draw)
others.shared()
chrome.guarded(shelf.draw)
others.draw()
