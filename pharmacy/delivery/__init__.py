"""A parcel's way from the sealed bag to whoever signs for it.

A courier is asked for a number and a label, tells us what happens on the way, in any order and
more than once, and a parcel never steps back. Cold drugs travel with their temperature.
"""
