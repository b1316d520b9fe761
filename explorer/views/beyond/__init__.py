"""The tools of chapter 11, 文字之外: one file a tool."""
