"""Money that comes and goes by WeChat Pay: orders, what settles them, refunds, the daily bill.

A payment is for a `subject` (`Kind/id`), of which this package knows nothing else. Our row comes
first, WeChat second and the answer third, so whoever dies between two steps leaves something that
`clockwork` finds and finishes. What follows from money is said in events.
"""
