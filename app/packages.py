"""Which packages make up this house, from the bottom up."""

from typing import Final

from core import db

APPS: Final[db.Apps] = {
    **db.OWN,
    "wechat": ["wechat.models"],
    "people": [
        "people.models",
        "people.residents.models",
        "people.cards.models",
        "people.matching.models",
        "people.partners.models",
        "people.deaths.models",
    ],
    "payments": ["payments.models"],
    "care": ["care.models"],
    "rtc": ["rtc.models"],
    "chat": ["chat.models"],
    "booking": ["booking.models"],
    "pharmacy": ["pharmacy.models"],
    "family_doctor": ["family_doctor.models"],
    "devices": ["devices.models"],
    "notifications": [
        "notifications.models",
        "notifications.duty.models",
        "notifications.education.models",
        "notifications.health.models",
    ],
}
