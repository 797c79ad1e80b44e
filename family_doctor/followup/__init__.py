"""Follow-ups: who is due and when, what was found, what the national tables make of it."""
