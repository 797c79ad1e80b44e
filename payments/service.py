"""What packages above may do with money."""

from payments.orders import may_release, refresh, request_payment, withdraw
from payments.queries import PaymentView, of_subject
from payments.refunding import refund

__all__ = [
    "PaymentView",
    "may_release",
    "of_subject",
    "refresh",
    "refund",
    "request_payment",
    "withdraw",
]
