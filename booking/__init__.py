"""Booking: schedules of doctors, rooms and devices, the slots they give, and who has which place.

A place is taken by one conditional UPDATE and an INSERT under a unique index, so none is sold
twice. What happens to an appointment is one table of states; every rule and its source is in
`rules.py`. Money is somebody else's: `service.confirm` is told that it came.
"""
