"""The tools of chapter 1, 输入. They share one text (or pair) and one state (common.py)."""
