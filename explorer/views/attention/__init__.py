"""The tools of chapter 4, 注意力. They share one sentence, one model and one head (common.py)."""
