"""The command line: one module a command (evidence, precompute, models, new-chapter, architecture)."""
