"""Communications that are due leave the house here: once, in order of their due moments.

`Sender` runs a `Lane` for each channel. A lane takes batches ahead and writes each attempt down in
one transaction (`beginning`), its hands send with no transaction open, and what came of it is
written down in groups (`marking`). What a killed process leaves is settled by `recovery` (ADR 0056,
ADR 0075).
"""
