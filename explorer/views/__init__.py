"""One file a tool: its state, its experiment, its figure and its words, joined."""

from explorer.components import labels
from explorer.ui import i18n

labels.ask(i18n.section, i18n.language)
