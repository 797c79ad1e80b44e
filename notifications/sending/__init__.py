"""Communications that are due leave the house here: once, in order of their due moments.

`Sender` runs a few lanes for each channel. A lane takes a batch and writes each attempt down in
one transaction (`beginning`), sends with no transaction open, and writes down what came of it
(`marking`). What a killed process leaves is settled by `recovery` (ADR 0056).
"""
