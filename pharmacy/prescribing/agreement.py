"""More than four weeks at once: the resident confirms it, or the doctor takes their word down.

长期处方管理规范(试行) 国卫办医发〔2021〕17号: beyond four weeks the doctor assesses strictly,
explains, notes it in the record, and the patient confirms by signature or the like. The doctor
chooses at the signature how; until it is done the prescription is read and reviewed, but neither
ordered nor printed.
"""

from typing import Final
from uuid import UUID

from core import clock, db
from core.audit import Who
from core.errors import Conflict, NotFound
from people.actor import Actor
from pharmacy.prescribing.events import MedicationRequestAgreed
from pharmacy.prescribing.models import Agreed, MedicationRequest
from pharmacy.prescribing.states import LIVE
from pharmacy.prescribing.steps import ids, write_down

TEXT_VERSION: Final = 1
TEXT: Final = (
    "医生给您一次开了 {days} 天的药,比平常最多 4 周要长。"
    "这只适合诊断清楚、用药不变、最近病情平稳的人。",
    "每天按说的量用,不自己加量、减量、停药,也不给别人用。",
    "按医生说的时间量血压、血糖,该查的去查,记下来。",
    "不舒服、指标不稳、要用别的药,或者住过院,就不要等药用完,马上找医生复诊;急的打 120。",
    "药照标签上写的存放。没看懂的,先问医生再确认。",
)
NOT_AGREED: Final = (
    "not_agreed",
    "这次的药超过 4 周。请本人先看医生的说明,点“我看完了,同意”,再选药房。",
)
OVER: Final = ("prescription_over", "这张处方已经结束,不用再确认。")


def days_of(row: MedicationRequest) -> int:
    """The longest use on it."""
    lines = row.content.get("lines", ())
    return max((int(line.get("days") or 0) for line in lines), default=0)


def text_of(row: MedicationRequest) -> list[str]:
    """What is read before one agrees."""
    return [line.format(days=days_of(row)) for line in TEXT]


def awaited(row: MedicationRequest) -> bool:
    """Whether the resident still has to confirm."""
    return row.content.get("confirmed") == Agreed.PHONE and row.agreed_at is None


def require(row: MedicationRequest) -> None:
    """Raise Conflict `not_agreed` while the resident has not confirmed."""
    if awaited(row):
        raise Conflict(*NOT_AGREED)


async def agree(who: Who, row: MedicationRequest) -> None:
    """The resident has read the text and agrees; a repeat changes nothing. Raises Conflict."""
    await _agree(who, row, Agreed.PHONE)


async def note_said(actor: Actor, request_id: UUID) -> None:
    """The doctor takes down what the resident said, and it stays marked so.

    Raises NotFound for strangers, Conflict when the prescription has ended.
    """
    row = await MedicationRequest.get_or_none(id=request_id)
    if row is None or row.author_id != actor.practitioner_id:
        raise NotFound("not_found", "没有找到这张处方。")
    await _agree(actor, row, Agreed.SAID)


async def _agree(who: Who, row: MedicationRequest, how: Agreed) -> None:
    if not awaited(row):
        return
    async with db.atomic():
        same = MedicationRequest.filter(id=row.id, agreed_at=None, status__in=list(LIVE))
        changes = {"agreed_at": clock.now(), "agreed_how": how, "agreed_by": who.account_id}
        if await same.update(**changes):
            event = MedicationRequestAgreed(**ids(row))
            await write_down(who, row, "agree", event, note=f"text {TEXT_VERSION}, {how.value}")
        elif (await MedicationRequest.get(id=row.id)).agreed_at is None:
            raise Conflict(*OVER)


def in_words(row: MedicationRequest) -> str:
    """How it stands, for pages and the paper; empty where nobody had to agree."""
    if awaited(row):
        return "超过 4 周:等居民在手机上看说明、确认"
    if row.agreed_at is None:
        return ""
    at = clock.in_words(row.agreed_at)
    if row.agreed_how is Agreed.SAID:
        return f"超过 4 周:居民口头确认,医生代记({at})"
    return f"超过 4 周:居民已在手机上确认({at})"
