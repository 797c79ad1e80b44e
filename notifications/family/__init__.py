"""What the family-doctor team reminds of: visits and checks that are due or late, values from home,
the end of a contract.

The words name neither disease nor programme before the sign-in: they show on a locked screen.
"""
