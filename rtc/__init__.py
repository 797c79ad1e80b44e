"""Rooms in which doctors see and hear each other: who is in, what is forwarded, what is recorded.

`python -m rtc` is the media node, a process of its own that forwards RTP and never waits for a
page or a query; the rest of the package relays a browser's signalling to it. It knows rooms, seats
and tracks, not medicine: whoever may enter a room holds a ticket that somebody else signed.
"""
