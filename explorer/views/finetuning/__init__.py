"""The page of chapter 9, 微调: one training from two starts (stage.py) and what it says of held-out sentences."""
