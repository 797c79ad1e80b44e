"""Dispensing for pick-up: picked by scan, checked by a second person, handed over for a code."""
