"""Tests of what the process serves beside the pages."""
