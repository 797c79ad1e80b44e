"""Reminders that are due all at once, through the engine, beside the bare HTTP client."""
