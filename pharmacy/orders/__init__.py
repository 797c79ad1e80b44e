"""An approved prescription is ordered once, paid, and paid back when it cannot be had.

What an order costs, which pharmacy can fill it, the stock that is kept while it is unpaid, the
payment at WeChat or in cash, and every way the money goes back (domain facts §12).
"""
