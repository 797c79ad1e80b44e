"""问一问: the standing conversation of a resident and their team, while a contract runs.

What is said in it belongs to `chat`, which knows it by its name (`subject`). Here is who has one,
who may come in now, and that somebody has said "needs no answer".
"""
