"""Residents as users: WeChat accounts, their sessions, and whom each of them may act for.

An account is a phone in somebody's hand, a patient a person cared for; a `Bond` joins the two for
a relation, scopes and a time. The one door from an account to a patient is `access.open_own`.
"""
