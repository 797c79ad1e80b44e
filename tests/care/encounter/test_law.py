"""Rules of §1 that no walk names: the doctor in person, the trail, ends fixed beforehand."""

from app.demo import people as demo
from care.encounter import reasons
from care.encounter.models import Encounter
from care.encounter.reasons import Termination
from care.encounter.states import Status
from core.audit import AuditEvent
from core.chain import verify
from tests.care.encounter.test_walk import waiting
from tests.plumbing.actors import actor

SENT = {
    "verdict": {"verdict": "eligible", "why": "我来代看"},
    "guardian": {"confirmed": "1"},
    "termination": {"reason": "first_visit"},
    "non-occurrence": {"cause": "declined"},
    "kind": {"kind": "video"},
}
STEPS = ("ask", "arrive", "call", "begin", "verdict", "terminate")


async def test_jianguan_xize_nobody_stands_in_for_the_doctor_of_the_visit(
    phone, desk, house, clock
):
    """监管细则: the service comes from the doctor in person. Every verb refuses others."""
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    visit_id = here.removeprefix("/visits/")
    verbs = {
        route.resource.canonical.replace("{id}", visit_id)
        for route in house.app.router.routes()
        if route.method == "POST" and route.resource.canonical.startswith("/visits/{id}/")
    }
    verbs = {verb for verb in verbs if "{" not in verb}
    assert len(verbs) > 8
    for who in ("county2", "township1"):
        other = await house.signed_in(who)
        for verb in sorted(verbs):
            fields = SENT.get(verb.rsplit("/", 1)[1], {})
            answer = await other.post(verb, fields)
            assert 400 <= answer.status < 500, (who, verb, answer.status)
            assert not fields or answer.status in (403, 404), (who, verb, answer.status)
    doctor = await actor("county1")
    acts = AuditEvent.filter(subject=f"Encounter/{visit_id}", outcome="success")
    assert set(await acts.values_list("account_name", flat=True)) == {doctor.name, "居民账号"}
    row = await Encounter.get(id=visit_id)
    assert (row.status, row.practitioner_id) == (
        Status.IN_PROGRESS,
        demo.practitioner_id("county1"),
    )


async def test_zhenliao_banfa_24_the_whole_process_leaves_an_unbroken_trace(phone, desk, clock):
    """诊疗办法 art. 24: from the asking to the end each step names who and when; no row may go."""
    li, path = await waiting(phone, "li", "李秀英")
    here = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    await desk.post(f"{here}/verdict", {"verdict": "first_visit", "why": "没有确诊过"})
    ended = await desk.post(f"{here}/termination", {"reason": "first_visit", "offer": ""})
    assert ended.status == 303
    acts = await AuditEvent.filter(subject=f"Encounter{path.removeprefix('/encounters')}")
    by_step = {act.action.removeprefix("encounter."): act for act in acts}
    assert set(STEPS) <= set(by_step)
    assert all(by_step[step].account_name and by_step[step].at for step in STEPS)
    times = [by_step[step].at for step in STEPS]
    assert times == sorted(times)
    assert (await verify()).faults == ()


def test_jianguan_xize_conditions_for_stopping_are_fixed_beforehand_and_each_guides_on():
    """监管细则: the institution defines them in advance; 诊疗办法 art. 16: to a physical house."""
    assert set(reasons.TERMINATIONS) == set(Termination)
    for one in reasons.TERMINATIONS.values():
        assert "医院" in one.guidance
    assert reasons.TERMINATIONS[Termination.EMERGENCY_SIGNS].at_once
