"""The media node: one UDP port, ICE-lite, DTLS-SRTP, forwarding without transcoding, recording.

A datagram comes in at `mux`, is opened by its `peer`, belongs to a `producer`, is sealed again for
each `consumer`, and leaves in one batch at the end of the wake-up. `room` says who hears whom,
`node` holds the rooms, `control` is where the app processes speak, `recording` writes files.
"""
