"""Organizations, practitioners, patients, staff accounts and their sessions.

It owns who somebody is, which roles they hold and how they prove it, and the one door to a
patient's identity. What was observed or decided about a patient belongs to `care`.
"""
