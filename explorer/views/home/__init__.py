"""The parts of the front page: the split of a text, and what this field is, in five small exhibits."""
