"""Screening of prescriptions: how many a second, and how long a long one takes."""
