"""One file a tool: its state, its experiment, its figure and its words, joined."""
