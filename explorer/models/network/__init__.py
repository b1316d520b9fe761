"""Networks: weights and tokenizers read from files and run (hidden states, attentions, heads, KV cache)."""
