"""Referrals (转诊): from an online visit to a department of a member institution.

Owns the request, its clocks and its end; while it runs the receiving department may open the
record, on the ground "referral" and on no other. It knows the visit; the visit does not know it.
"""
