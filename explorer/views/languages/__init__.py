"""The tools of chapter 6, 跨语言. They share one sentence, one pair of languages and one state (common.py)."""
