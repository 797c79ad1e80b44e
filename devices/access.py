"""The only doors to devices and their messages: the clinic's own staff, and the administrator.

An administrator keeps devices and reads what went wrong; whose readings they are, and the values,
are for those who treat people there.
"""

from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from core.audit import audit, refused
from core.errors import NotFound
from devices.models import Device, RawMessage
from people.access import CLINICAL
from people.actor import Actor, Role

KEEPERS: Final = (*sorted(CLINICAL), Role.ADMIN)


def is_clinical(actor: Actor) -> bool:
    """Whether this person treats people, and may see their readings."""
    return actor.has(*CLINICAL)


def own(actor: Actor) -> Q:
    """Which devices somebody keeps."""
    return Q() if actor.has(Role.ADMIN) else Q(organization_id=actor.organization_id)


def own_messages(actor: Actor) -> Q:
    """Which messages somebody sees; those of unknown devices are the administrator's."""
    return Q() if actor.has(Role.ADMIN) else Q(device__organization_id=actor.organization_id)


async def open_device(actor: Actor, device_id: UUID) -> Device:
    """A device, its clinic loaded. Raises NotFound, which does not tell whether it exists."""
    found = await Device.filter(own(actor), id=device_id).select_related("organization").first()
    if found is None:
        missing = NotFound("device_not_found", "没有找到这台设备,或者它不是您这里的。")
        raise refused(missing, actor, "device.open", f"Device/{device_id}")
    return found


async def open_message(actor: Actor, message_id: UUID) -> RawMessage:
    """A message, its device loaded; the look is audited. Raises NotFound."""
    rows = RawMessage.filter(own_messages(actor), id=message_id)
    found = await rows.select_related("device__organization").first()
    subject = f"DeviceMessage/{message_id}"
    if found is None:
        missing = NotFound("message_not_found", "没有找到这条消息,或者它不是您这里的。")
        raise refused(missing, actor, "device_message.open", subject)
    await audit(actor, "device_message.open", subject, patient_id=found.patient_id)
    return found
