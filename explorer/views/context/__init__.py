"""Views of chapter 5, 语境: one file a tool."""
