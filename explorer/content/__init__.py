"""Content: examples, sentences and words of the project's own writing, as data. Knows no model and no page."""
