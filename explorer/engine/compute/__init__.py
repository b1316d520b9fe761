"""Where work without a model runs: the same fair queues, steps and cancel tokens as beside a model."""
