"""Boards: how the family doctors stand, of a team's day, a township and the county.

Everything here is read. `definitions` says what each number means, `relations` whom it counts,
`numbers` counts, `access` says who sees numbers and who sees the people behind them.
"""
