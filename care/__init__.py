"""What is observed, agreed, decided and signed about a patient.

`record` keeps what is known (FHIR names), `consent` what the patient agreed to, `signatures`
who stands for a document, `documents` the papers that are archived, `teleconsultation` the
consultation itself, `encounter` the online follow-up visit, `note` what its doctor writes and
signs.
Identity belongs to `people`; rooms and media belong to `rtc`.
"""
