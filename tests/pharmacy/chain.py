"""One prescription from the draft to the hand by its own verbs, for the random walk and the bench.

Everybody is there: the doctor, two pharmacists who review and dispense, the decoction room, the
resident with WeChat's sandbox, the outbox and the clockwork. Nothing is set by hand but the visit.
"""

from decimal import Decimal
from uuid import UUID, uuid4

from app.demo import people as demo
from core import clock, db
from core.audit import SYSTEM
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.models import Licence, Patient, Practitioner
from people.rechecks import IdentityCheck
from people.residents.actor import Resident
from pharmacy.decoction import service as decoctions
from pharmacy.decoction.models import Decoction
from pharmacy.decoction.schemas import ReceiveIn, StepIn
from pharmacy.decoction.states import OVER as DECOCTED
from pharmacy.decoction.states import Status as Pot
from pharmacy.delivery import receipts, tracking
from pharmacy.delivery.models import Fault, Parcel, Proof, Why
from pharmacy.delivery.states import PARCEL, Carrier
from pharmacy.delivery.states import Status as Road
from pharmacy.dispensing import picking
from pharmacy.dispensing import service as dispensing
from pharmacy.dispensing.access import open_dispense
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.picking import pick_list
from pharmacy.dispensing.rules import TEN
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.formulary.models import Medication
from pharmacy.orders import cash, paying
from pharmacy.orders import service as orders
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.service import Destination
from pharmacy.orders.states import KEEPS_STOCK, OUT
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.prescribing import drafts, visit
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.schemas import BaseIn
from pharmacy.prescribing.states import SIGNED
from pharmacy.prescribing.states import Status as Rx
from pharmacy.review import service as review
from pharmacy.review.checklist import points_of
from pharmacy.review.models import Review
from pharmacy.review.schemas import DecisionIn
from pharmacy.shipping import returns
from pharmacy.shipping import service as shipping
from pharmacy.shipping.returns import Found
from pharmacy.shipping.service import Given
from tests.pharmacy.county import County, pieces, tablets

TO: dict[Way, Destination] = {
    Way.PICK_UP: Destination(),
    Way.VILLAGE: Destination(way=Way.VILLAGE, clinic_id=demo.organization_id("YH-T1-V1")),
    Way.DOOR: Destination(
        way=Way.DOOR, name="王秀兰", phone="13800000001", address="青石镇大槐树村东头"
    ),
}
FAULT = {"faults": ["fit-dose"], "reason": "剂量偏大,请核对"}


class Story:
    """One prescription. Each method is one verb by one person; it raises what the verb raises."""

    def __init__(
        self,
        county: County,
        patient: Patient,
        drug: Medication,
        encounter,
        category,
        way=Way.PICK_UP,
    ):
        self.way = way
        self.county, self.patient, self.drug = county, patient, drug
        self.encounter, self.category = encounter, category
        self.prepaid = None
        self.cash_today = False
        self.place_at, self.days = None, 7
        openid = county.cashier.world.user(f"payer-{patient.id}").id
        self.who = Resident(uuid4(), openid, uuid4())

    async def row(self) -> MedicationRequest | None:
        """The newest signed version."""
        rows = MedicationRequest.filter(
            subject=f"Encounter/{self.encounter.id}", status__in=list(SIGNED)
        )
        return await rows.order_by("-version").first()

    async def id(self) -> UUID:
        """As the doors in front of the verbs find it."""
        row = await self.row()
        if row is None:
            raise NotFound("not_found", "还没有处方。")
        return row.id

    async def order(self) -> MedicationOrder | None:
        rows = MedicationOrder.filter(request__subject=f"Encounter/{self.encounter.id}")
        return await rows.order_by("-created_at", "-id").first()

    async def _order(self) -> MedicationOrder:
        """As the doors in front of the verbs find it."""
        found = await self.order()
        if found is None:
            raise NotFound("no_order", "还没有下单。")
        return found

    async def dispense(self) -> MedicationDispense | None:
        order = await self.order()
        return await MedicationDispense.get_or_none(order_id=order.id) if order else None

    async def _desk(self, person: int) -> tuple[Actor, MedicationDispense]:
        row = await self.dispense()
        who = self.county.pharmacists[person]
        return who, await open_dispense(who, row.id if row else uuid4())

    # the doctor

    async def sign(self, dose="5"):
        words = (
            tablets(self.drug, dose, self.days)
            if self.category is Category.WESTERN
            else pieces(self.drug)
        )
        about = await self._about()
        draft = await drafts.draft_of(about)
        base = BaseIn(revision=draft.revision if draft else await drafts.nothing_yet(about))
        check = IdentityCheck("password", clock.now(), "")
        await prescribing.sign(
            self.county.doctor, self.encounter.id, self.category, words, base, check=check
        )

    async def _about(self):
        view = await visit.open_visit(self.county.doctor, self.encounter.id)
        return visit.about(view.encounter, self.category)

    async def rewrite(self):
        await prescribing.rewrite(self.county.doctor, await self.id())
        await self.sign(dose="2.5")

    async def confirm(self):
        check = IdentityCheck("password", clock.now(), "")
        why = "用这个量三年,血压稳定"
        await prescribing.confirm(self.county.doctor, await self.id(), why, check=check)

    async def cancel(self):
        await prescribing.cancel(self.county.doctor, await self.id(), "居民家里有药")

    # the pharmacist who reviews

    async def claim(self, person=0):
        await review.claim(self.county.pharmacists[person], await self.id())

    async def release(self, person=0):
        await review.release(self.county.pharmacists[person], await self.id())

    async def approve(self, person=0):
        await self._approve(self.county.pharmacists[person])

    async def approve_oneself(self):
        """As if the register had made a pharmacist of the doctor."""
        id, me = await self.id(), Practitioner.filter(id=self.county.doctor.practitioner_id)
        title = self.county.doctor.title
        await me.update(licence=Licence.PHARMACIST, title="主管药师")
        try:
            await review.claim(self.county.both, id)
            await self._approve(self.county.both)
        finally:
            await me.update(licence=Licence.PHYSICIAN, title=title)

    async def _approve(self, who):
        fit = [point.code for point in points_of(self.category)]
        check = IdentityCheck("password", clock.now(), "")
        entry = DecisionIn(then="approve", fit=fit)
        await review.approve(who, await self.id(), entry, check=check)

    async def send_back(self, person=0):
        who, entry = self.county.pharmacists[person], DecisionIn(then="return", **FAULT)
        await review.return_(who, await self.id(), entry)

    async def reject(self, person=0):
        who, entry = self.county.pharmacists[person], DecisionIn(then="reject", **FAULT)
        await review.reject(who, await self.id(), entry)

    # the resident

    async def place(self):
        place, account = self.place_at or self.county.place, self.who.account_id
        to = TO[self.way]
        await orders.place(self.who, await self.id(), place.id, account_id=account, to=to)

    async def ask_to_pay(self):
        wechat = self.county.cashier.wechat
        self.prepaid = await paying.request_payment(self.who, await self._order(), wechat)

    async def pay(self):
        if self.prepaid:
            await self.county.cashier.pay(self.prepaid)

    async def give_up(self):
        await orders.give_up(self.who, await self._order())

    # the counter and the desk

    async def cash(self):
        await cash.take(self.county.pharmacists[0], await self._order())

    async def cash_back(self):
        await cash.give_back(self.county.pharmacists[0], await self._order())

    async def take(self, person=0):
        await dispensing.take(*await self._desk(person))

    async def scan(self, person=0, number=1):
        who, row = await self._desk(person)
        await picking.scan(who, row, f"{self.drug.trace_prefix}{number:013d}")

    async def weigh_out(self, person=0):
        who, row = await self._desk(person)
        for line in await picking.pick_list(row):
            if line.remaining:
                units = line.remaining
                await picking.pick_without_code(who, row, line.line.id, units=units, reason="piece")

    async def finish(self, person=0):
        await dispensing.finish(*await self._desk(person))

    async def check(self, person=1):
        await dispensing.check(*await self._desk(person), list(TEN))

    async def pick_anew(self, person=0):
        await dispensing.reopen(*await self._desk(person), "盒子破损")

    async def hand_over(self, person=0):
        who, row = await self._desk(person)
        await dispensing.hand_over(who, row, code=row.code or "00000000")

    async def cannot_fill(self, person=0):
        await dispensing.cannot_fill(*await self._desk(person), "没有第二盒")

    async def put_back(self, person=0):
        await dispensing.put_back(*await self._desk(person))

    async def take_back(self):
        await orders.take_back(self.county.pharmacists[0], (await self._order()).id, "胶囊破了")

    # the road

    async def parcel(self) -> Parcel | None:
        """The newest one."""
        order = await self.order()
        rows = Parcel.filter(order_id=order.id if order else uuid4())
        return await rows.order_by("-sealed_at", "-id").first()

    async def _parcel(self) -> Parcel:
        found = await self.parcel()
        if found is None:
            raise NotFound("no_parcel", "还没有包裹。")
        return found

    async def leave(self):
        await shipping.leave(self.county.pharmacists[0], await self._parcel())

    async def _hear(self, word):
        parcel = await self._parcel()
        async with db.atomic():
            found = await Parcel.select_for_update().get(id=parcel.id)
            if (found.status, word) not in PARCEL:
                raise Conflict("behind", "包裹已经走过这一步。")
            await tracking.move(SYSTEM, found, word, at=clock.now())

    async def picked_up(self):
        await self._hear("picked_up")

    async def arrive(self):
        await self._hear("arrive")

    async def signed_for(self):
        await self._hear("signed")

    async def lose(self):
        await self._hear("lost")

    async def come_back(self):
        await self._hear("return_signed")

    async def receive(self):
        parcel = await self._parcel()
        given = Given(proof=Proof.CODE, code=receipts.code_of(parcel.id), name="王秀兰")
        await shipping.receive(self.county.pharmacists[1], parcel, given)

    async def inspect(self):
        found = Found(why=Why.NOT_REACHED, fault=Fault.RESIDENT, sound=True)
        await returns.inspect(self.county.pharmacists[0], await self._parcel(), found)

    # the decoction room

    async def boil(self):
        """The next stage, when its time has come."""
        he, she = self.county.pharmacists
        row = await self.row()
        pot = (
            await Decoction.filter(request_id=row.id if row else uuid4())
            .order_by("-received_at")
            .first()
        )
        if pot is None or pot.status in DECOCTED:
            await decoctions.receive(he, ReceiveIn(number=row.number if row else "-"))
            return
        action, who, entry, minutes = {
            Pot.RECEIVED: ("weigh", he, StepIn(), 0),
            Pot.WEIGHED: ("recheck", she, StepIn(dose_g=Decimal(9)), 0),
            Pot.RECHECKED: ("soak", he, StepIn(station="3", water_ml=2000), 0),
            Pot.SOAKING: ("boil", he, StepIn(), 30),
            Pot.BOILING: ("boil_again", he, StepIn(), 20),
            Pot.BOILING_AGAIN: ("pack", he, StepIn(yield_ml=1500, bags=6), 15),
            Pot.PACKED: ("inspect", she, StepIn(), 0),
            Pot.READY: ("hand_over", she, StepIn(), 0),
        }[pot.status]
        if self.county.held:
            self.county.held.move(minutes=minutes)
        await decoctions.step(who, pot.id, action, entry)

    # a good day

    async def onward(self):
        """What a good day would bring next; None at the end of the way."""
        one, row = self, await self.row()
        if row is None:
            return one.sign
        match row.status:
            case Rx.ON_HOLD:
                held = await Review.filter(request_id=row.id, live__isnull=False).exists()
                return one.approve if held else one.claim
            case Rx.RETURNED:
                return one.rewrite
            case Rx.ACTIVE | Rx.DISPENSING:
                return await self._with_the_order(row)
        dispense = await one.dispense()
        return one.put_back if dispense and dispense.status is Desk.STOPPED else None

    async def _with_the_order(self, row):
        one, order = self, await self.order()
        dispense = await one.dispense()
        if dispense and dispense.status is Desk.STOPPED:
            return one.put_back
        if order is None or order.status not in KEEPS_STOCK | OUT or order.request_id != row.id:
            return one.place
        if order.status is Ordered.PAY_PENDING:
            return one.cash if self.cash_today else self.pay_at_once
        if dispense is None:
            return None
        match dispense.status:
            case Desk.PREPARATION:
                return one.take
            case Desk.IN_PROGRESS:
                if not any(line.remaining for line in await pick_list(dispense)):
                    return one.finish
                return self.next_box if one.category is Category.WESTERN else one.weigh_out
            case Desk.PICKED:
                waits = await decoctions.why_not_ready(row.id)
                return self.boil if waits else one.check
        return await self._on_the_road(order)

    async def _on_the_road(self, order):
        one, parcel = self, await self.parcel()
        if parcel is None or order.status is Ordered.BACK:
            return one.hand_over if one.way is Way.PICK_UP or parcel else None
        follows = {
            Road.SEALED: one.leave if parcel.carrier is Carrier.VILLAGE else one.picked_up,
            Road.HANDED_OVER: one.arrive if parcel.carrier is Carrier.VILLAGE else one.signed_for,
            Road.ARRIVED: one.receive,
            Road.RETURNED: one.inspect,
        }
        return follows.get(parcel.status)

    async def pay_at_once(self):
        """Asked, confirmed, and the notice has come."""
        await self.ask_to_pay()
        await self.pay()
        await self.county.cashier.told()

    async def next_box(self):
        """A box that nobody has opened."""
        self.county.boxes += 1
        await self.scan(number=self.county.boxes)
