"""The catalogue: which models exist, which lie here, who may do what to them, which one a chapter uses."""
