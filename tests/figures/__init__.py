"""Tests of the figures: pure functions from data to Plotly."""
