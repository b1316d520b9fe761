"""Results → Plotly figures. A figure takes data and words, never a model and never a key of a text."""
