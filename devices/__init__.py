"""Readings by devices: blood pressure monitors and glucose meters that village clinics own or lend.

Every message is kept as it came before anybody understands it; what it says goes into the record
by the same door as what residents type. What cannot be taken is shown with its reason.
"""
