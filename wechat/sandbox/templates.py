"""The subscribe message templates our sandbox mini program was granted."""

from typing import Final

TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "tmpl-appointment-booked": ("name1", "thing2", "time3", "thing4", "thing5"),
    "tmpl-appointment-reminder": ("name1", "thing2", "time3", "thing4", "thing5"),
    "tmpl-appointment-changed": ("name1", "thing2", "time3", "phrase4", "thing5"),
    "tmpl-slot-offer": ("thing1", "time2", "time3", "thing4"),
    "tmpl-queue-call": ("character_string1", "thing2", "number3", "thing4"),
    "tmpl-payment": ("thing1", "amount2", "time3", "character_string4"),
    "tmpl-notice": ("name1", "thing2", "time3", "thing4"),
    "tmpl-refund": ("thing1", "amount2", "date3", "thing4"),
    "tmpl-visit-ready": ("thing1", "name2", "time3", "thing4"),
    "tmpl-delivery": ("character_string1", "phrase2", "time3", "phone_number4", "thing5"),
    "tmpl-proxy-opened": ("name1", "time2", "thing3"),
    "tmpl-follow-up": ("name1", "thing2", "date3", "thing4"),
    "tmpl-every-kind": (
        "thing1", "name2", "phrase3", "character_string4", "number5", "letter6", "symbol7",
        "phone_number8", "car_number9", "amount10", "time11", "date12",
    ),
}  # fmt: skip
OFFICIAL: Final[dict[str, tuple[str, ...]]] = {
    "official-notice": ("thing3", "thing6", "time5", "thing11"),
    "official-slot-offer": ("thing2", "time4", "time9", "thing7"),
    "official-queue-call": ("character_string1", "thing4", "thing8"),
    "official-refund": ("thing1", "amount2", "thing4"),
    "official-delivery": ("character_string2", "thing3", "time1", "phone_number7", "thing9"),
    "official-proxy-opened": ("thing1", "time2", "thing5"),
}
"""The official account's. Its kinds of fields are fewer: no name, phrase, number or date."""
PAGES: Final = ("pages/", "packages/")
LONG_TERM: Final = frozenset({"tmpl-follow-up"})  # one agreement is enough
