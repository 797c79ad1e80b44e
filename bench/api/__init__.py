"""The resident's most used calls, beside a bare handler that reads one row."""
