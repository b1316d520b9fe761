"""How things are trained here: heads, copies that may change, one loop that gives its steps away. Knows no page."""
