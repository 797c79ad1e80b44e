"""From a task or an alert straight on: into the conversation, a video visit, or a referral.

Each step is written down beside what it came from, and what became of it stands there.
"""
