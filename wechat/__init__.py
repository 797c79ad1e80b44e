"""The only package that talks to WeChat: its API, WeChat Pay v3, and a sandbox that is both.

The API and Pay clients know WeChat's rules (one token for all processes, what may be repeated,
which answer means what) and nothing of patients or bookings. Whatever fails is a `Problem` with
a sentence for people; no session key, phone number or secret is ever logged.
"""
