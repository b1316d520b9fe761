"""The tools of chapter 2, 填空. They share one sentence and one state (common.py)."""
