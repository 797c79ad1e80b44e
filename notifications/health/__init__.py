"""The health of what the house tells residents, for its operator: what waits, what went wrong and
why, and the handles to mend it: hold a channel, send again what a mistake of the house's kept back.
Counts, topics and codes only, never a person.
"""
