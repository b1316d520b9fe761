"""The tools of chapter 8, 语境学习. They share one prompt made of rows, and one state (common.py)."""
