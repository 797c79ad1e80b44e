"""The doctor's note of a visit (病历): structured, kept as it is typed, signed, never changed.

FHIR: Composition, its diagnoses Condition. A note belongs to a `subject` by name (`Encounter/…`);
what a visit demands of its note stands in `care.encounter.noting`.
"""
