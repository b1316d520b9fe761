"""The tools of chapter 3, 句对. They share one pair of sentences and one state (common.py)."""
