"""A bag changes hands at a door or in a clinic: given, refused, nobody there, broken."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from core import clock, db
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from people.cards import desk as cards
from people.links import same_person
from pharmacy.delivery import tracking
from pharmacy.delivery.models import Parcel, ParcelEvent, Proof
from pharmacy.delivery.states import PARCEL, Word
from pharmacy.dispatch.readings import note_cold
from pharmacy.shipping import service as shipping
from pharmacy.shipping.service import Given

NOTHING: Final = "请输入收药码。没有手机的,看证件填姓名和证件号最后 4 位。"
NO_WITNESS: Final = "请写清谁来取、和居民什么关系,再请另一位在场的人作证,写上姓名。"
SELF: Final = "作证的要是另一个人,不能是您自己或来取药的人。"
WRONG_CARD: Final = "这张健康卡不是这一袋药的居民的,请核对。"
OVER: Final = ("parcel_over", "这一袋已经有结果了,请刷新页面看看。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What somebody showed or said to be given a bag."""

    code: str = ""
    name: str = ""
    document: str = ""
    card: str = ""
    taker: str = ""
    relation: str = ""
    witness: str = ""
    temperature: str = ""


async def give(actor: Actor, parcel: Parcel, shown: Shown, *, may_witness: bool = False) -> None:
    """Into somebody's hands, once; a cold one with its temperature.

    Raises Invalid for what does not fit, Conflict for a bag that was called back, is too warm, or
    has come to its end. A village doctor may witness for somebody without phone and document.
    """
    given = await _given(actor, parcel, shown, may_witness=may_witness)
    await note_cold(actor, [parcel], shown.temperature)
    await shipping.receive(actor, parcel, given)


async def _given(actor: Actor, parcel: Parcel, shown: Shown, *, may_witness: bool) -> Given:
    taker, relation = shown.taker, shown.relation
    if shown.code:
        return Given(proof=Proof.CODE, code=shown.code, name=taker, relation=relation)
    if shown.card:
        holder = await cards.holder(actor, shown.card, place="取药", document=shown.document)
        if holder is None or holder not in await same_person(parcel.patient_id):
            raise _wrong("card", WRONG_CARD)
        return Given(proof=Proof.CARD, name=taker, relation=relation)
    if shown.document:
        return Given(proof=Proof.NAME, name=shown.name, document=shown.document, relation=relation)
    if may_witness and (shown.taker or shown.witness):
        return _witnessed(actor, shown)
    raise _wrong("code", NOTHING)


def _witnessed(actor: Actor, shown: Shown) -> Given:
    if not (shown.taker and shown.relation and shown.witness):
        raise _wrong("witness", NO_WITNESS)
    if shown.witness in (actor.name, shown.taker):
        raise _wrong("witness", SELF)
    words = f"见证:{actor.name}、{shown.witness}"
    return Given(proof=Proof.WITNESS, name=shown.taker, relation=shown.relation, note=words[:200])


async def refuse(actor: Actor, parcel: Parcel, reason: str, *, action: str = "refused") -> None:
    """Not taken, or broken (`damaged`): it goes back. A repeat changes nothing.

    Raises Conflict for one that has come to its end.
    """
    async with db.atomic():
        row = await Parcel.select_for_update().get(id=parcel.id)
        if row.status.value == action:
            return
        if (row.status, action) not in PARCEL:
            raise Conflict(*OVER)
        await Parcel.filter(id=row.id).update(problem=reason[:200])
        await tracking.move(actor, row, action, at=clock.now())


async def nobody_there(actor: Actor, parcel: Parcel, words: str) -> None:
    """Tried in vain: the bag stays with the driver, and the pharmacy reads why."""
    async with db.atomic():
        said = f"没有人在:{words}" if words else "没有人在"
        await Parcel.filter(id=parcel.id).update(problem=said[:200])
        await ParcelEvent.create(
            id=uuid4(),
            parcel_id=parcel.id,
            word=Word.PROBLEM,
            at=clock.now(),
            note=f"{actor.name}:{said}"[:200],
            heard_at=clock.now(),
        )


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
