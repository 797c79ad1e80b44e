"""Fixtures of the whole suite; `tests/conftest.py` lists them."""
