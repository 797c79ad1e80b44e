"""Papers: rendered as PDF, sealed with the doctor's certificate, archived on both sides.

An archived document never changes; a correction is a new version that names the old one. Its QR
code leads to a public page that says whether the paper is genuine, and nothing about the patient.
"""
