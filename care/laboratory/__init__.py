"""Laboratory results of the record: panels typed from slips, their flags, the kidneys' filtration.

Results come in by hand, from the slip in the patient's hand or from its picture. Import from a
laboratory's own system is not done here.
"""
