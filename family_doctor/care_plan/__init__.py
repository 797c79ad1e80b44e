"""Who is looked after for what, what has to be done for whom until when, and what came of a call.

A CarePlan says that a patient is in a programme; a Task is the next thing to be done for them.
"""
