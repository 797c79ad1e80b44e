"""The online follow-up visit (在线复诊, FHIR Encounter): asked for, waited for, held, closed.

`states` is the one table that queue, room and record are read from; `rules` says what the law
allows; `shifts` is the doctor's side of the line. Appointments and money are known by name only.
"""
