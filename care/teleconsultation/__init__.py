"""Remote consultation between institutions (远程会诊), from the request to the archived report.

It owns the request and its quality gate, the desk and the roster that answer it, the room's
tickets, the opinions, and the decision of the doctor who asked. Media, chat, records and
signatures belong to others.
"""
