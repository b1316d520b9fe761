"""Journeys through the running app in Chromium."""
