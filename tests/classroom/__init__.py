"""Tests of rooms, votes, and where rooms are kept."""
