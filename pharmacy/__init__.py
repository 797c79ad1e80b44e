"""From prescription to the door: the formulary, prescribing, screening, review, orders.

A prescription (处方, FHIR MedicationRequest) is signed by a doctor, approved by a pharmacist who is
somebody else, and only then priced, paid and dispensed. Knows visits, payments and people; the
conversation and the booking beside it are other packages' and are reached by events and URLs.
"""
