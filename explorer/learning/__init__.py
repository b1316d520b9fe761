"""How things are trained here: one loop that gives its steps away one by one. Knows tensors; no page, no experiment."""
