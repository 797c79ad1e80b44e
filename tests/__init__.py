"""Tests. `tests/plumbing` holds what they stand on: databases, clock, network guard, Chromium."""
