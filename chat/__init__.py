"""Conversations: ordered messages, pictures and files between people who care for somebody.

It owns conversations, their members and what was said, each message under a sequence number.
It knows a conversation's subject only as a name (`Consultation/<id>`), never what it is about.
"""
