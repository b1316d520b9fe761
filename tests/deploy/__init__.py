"""The files of deploy/: read for what they promise, and tried with real processes."""
