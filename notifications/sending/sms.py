"""Text messages as a channel: to the account's verified number, or the patient's own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from notifications.duty.models import DutyPhone
from notifications.models import Attempt, Channel, RecipientKind
from notifications.rendering import texts
from notifications.sending.batch import Due, Parcel
from notifications.sms.gateway import TextMessages
from people.models import Patient
from people.residents.models import ResidentAccount


class SmsChannel:
    """Carries by the gateway. Our number for a message is the communication's own."""

    channel = Channel.SMS
    taken = "accept"
    remembers = timedelta.max

    def __init__(self, gateway: TextMessages | None) -> None:
        self._gateway = gateway

    async def prepare(self, rows: Sequence[Due]) -> Mapping[UUID, Parcel | str]:
        """Whoever has a number that we know."""
        phones = await phones_of(rows)
        found: dict[UUID, Parcel | str] = {}
        for row in rows:
            text = texts().sms.get(row.topic.sms or row.name)
            phone = phones.get(row.recipient_id)
            if self._gateway is None or text is None:
                found[row.id] = "sms_off"
            elif not phone:
                found[row.id] = "no_phone"
            else:
                content = (str(row.id), text.render(row.filled()))
                found[row.id] = Parcel(to=phone, content=content)
        return found

    async def send(self, parcel: Parcel) -> str:
        """The gateway's name for it."""
        assert self._gateway is not None  # noqa: S101  (`prepare` refused otherwise)
        number, text = parcel.content
        return await self._gateway.send(number, parcel.to, text)

    async def unsent(self, parcel: Parcel) -> None:
        """Nothing was used up."""

    async def never_sent(self, attempt: Attempt) -> None:
        """Nothing was used up."""


async def phones_of(rows: Sequence[Due]) -> dict[UUID, str]:
    """The number of each recipient, where one is known."""
    kinds: dict[RecipientKind, set[UUID]] = {kind: set() for kind in RecipientKind}
    for row in rows:
        kinds[row.recipient_kind].add(row.recipient_id)
    found: dict[UUID, str] = {}
    for account in await ResidentAccount.filter(id__in=kinds[RecipientKind.ACCOUNT]):
        found[account.id] = account.phone or ""
    for patient in await Patient.filter(id__in=kinds[RecipientKind.PATIENT]):
        found[patient.id] = patient.phone or ""
    for own in await DutyPhone.filter(practitioner_id__in=kinds[RecipientKind.STAFF]):
        found[own.practitioner_id] = (own.phone or "") if own.proven_at else ""
    return found
