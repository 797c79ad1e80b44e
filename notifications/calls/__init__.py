"""Calls to residents whom no channel reached: a queue of the house that manages their record."""
