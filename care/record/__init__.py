"""What is known about a patient: allergies, problems, measurements, pictures, medicines.

Names are those of FHIR R4. Nothing is deleted: a wrong entry is marked with a reason and stays.
"""
