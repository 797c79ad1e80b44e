"""A third person in a running visit: family or an interpreter, by a link that works once.

They hear and read what is said from their coming on, and nothing else: no record, no evidence, no
answers. The link belongs to the first phone that opens it.
"""
