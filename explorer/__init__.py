"""芝麻开门 · Open Sesame: see how self-supervised language models work."""

__version__ = "0.1.0"
