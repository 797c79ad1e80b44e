"""What the composition root gives: how an appointment's money is found."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from payments.service import PaymentView


@dataclass(frozen=True, slots=True)
class Cashier:
    """`subject_of` names what a payment is for, `payment_of` finds the one that counts."""

    subject_of: Callable[[UUID], str]
    payment_of: Callable[[UUID], Awaitable[PaymentView | None]]


CASHIER: Final = web.AppKey("api_cashier", Cashier)
