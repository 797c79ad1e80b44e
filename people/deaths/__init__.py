"""That a resident has died: on what ground, who wrote it down, and what was mended later.

`queries.is_deceased` is the one question others ask; what follows from a death is wired in
`app.reactions`.
"""
