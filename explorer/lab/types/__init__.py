"""Inputs and results of the experiments. Torch is never imported here, so pages may know these types."""
