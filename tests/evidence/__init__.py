"""Tests of explorer/evidence and of its command line."""
