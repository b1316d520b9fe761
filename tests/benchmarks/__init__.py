"""Tests of the harness that figures are measured with."""
