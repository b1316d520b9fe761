"""Tests of whole pages, run without a browser."""
