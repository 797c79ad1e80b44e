"""The e-health card: one for each person, read at the desk of every member institution.

The printed card carries a number that means nothing elsewhere; the phone shows a code that lives
for a minute and opens once. Neither holds anything about the person (WS/T 543, §5.2 of the facts).
"""
