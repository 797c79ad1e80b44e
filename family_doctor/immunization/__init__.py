"""Children's vaccination: the programme's calendar as a file, what was given, what is next.

The county's immunization register stays the register: this room reminds and keeps the team's copy
of the book. Who vaccinates judges contraindications.
"""
