"""The Models page: what is here, what can be had, which chapter uses which."""
