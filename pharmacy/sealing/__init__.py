"""The seal on a checked bag: its number, its photo, and whether it is still whole."""
