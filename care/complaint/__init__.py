"""Complaints of residents: filed, accepted, answered, closed, each with its own clock.

A complaint may be about a visit, an appointment or anything; `subject` names it and means nothing
here. Each one is supervised data (诊疗办法 art. 24, domain facts §1.8).
"""
