"""Tests of what the views decide before anything is drawn."""
