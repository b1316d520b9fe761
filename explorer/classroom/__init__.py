"""Classroom: rooms that phones join, two votes, and where rooms are kept. Knows no page, no model and no screen."""
