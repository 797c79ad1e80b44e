"""Writing and signing a prescription, and what becomes of it."""
