"""The shared record for partners' systems: FHIR R4, read only, under `/fhir/R4`.

Rows become resources in `resources`, searches become pages in `search`; who may read is
`people.partners.access`. Nothing is written here.
"""
