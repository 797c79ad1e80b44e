"""What the house tells residents: the intent, each attempt to deliver it, and what was read.

A Communication is unique by recipient, topic and subject, so that nobody is told a thing twice,
and lies in the inbox whatever becomes of the attempts. WeChat messages show on locked screens:
they carry no department, diagnosis, drug or result.
"""
