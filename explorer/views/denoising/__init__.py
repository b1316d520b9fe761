"""The tools of chapter 10, 还原 (denoising). They share one sentence and one way of breaking it (common.py)."""
