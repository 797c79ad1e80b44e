"""The family-doctor team: who belongs to it, whom it has signed, and what it owes them.

A team (家庭医生团队, FHIR CareTeam) signs residents by a contract (签约, FHIR Contract) and, while
one runs, may open their record. `queries.team_of` and `queries.patients_of` tell who is whose;
`access` is the only door to them.
"""
