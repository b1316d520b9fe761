"""The tools of chapter __number__, __chapter__. They share one sentence and one state (common.py)."""
