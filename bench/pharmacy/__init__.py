"""A county's day of prescriptions, from the draft to the hand."""
