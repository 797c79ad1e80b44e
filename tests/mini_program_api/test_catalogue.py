"""Where to go: houses by distance, pages of them, and answers that need not travel twice."""

from mini_program_api import distance
from tests.booking.conftest import at, new_schedule, new_slot


def test_distance_is_in_metres_along_the_earth():
    assert distance.between((35.0, 118.0), (35.0, 118.0)) == 0
    assert abs(distance.between((35.0, 118.0), (36.0, 118.0)) - 111_195) < 5
    assert abs(distance.between((0.0, 179.5), (0.0, -179.5)) - 111_195) < 5


async def test_the_nearest_house_comes_first_and_the_bureau_is_none(phone, clinic):
    li = await phone("li")
    found = (await li.get("/organizations?near=35.5874,118.3615&limit=100")).body["items"]
    assert len(found) == 16
    assert found[0]["name"] == "青石镇中心卫生院"
    assert found[0]["distance_m"] == 0
    assert [h["distance_m"] for h in found] == sorted(h["distance_m"] for h in found)
    assert "云河县卫生健康局" not in {house["name"] for house in found}
    bookable = (await li.get("/organizations?bookable=true")).body["items"]
    assert [house["name"] for house in bookable] == ["云河县人民医院"]
    assert bookable[0]["distance_m"] is None
    villages = (await li.get("/organizations?tier=village&limit=100")).body["items"]
    assert len(villages) == 12


async def test_pages_hold_every_house_once(phone, house):
    li, seen, cursor = await phone("li"), [], ""
    for _ in range(5):
        page = (await li.get(f"/organizations?limit=5{cursor}")).body
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 16
    stolen = cursor.removeprefix("&")
    assert (await li.get(f"/departments?{stolen}")).status == 422


async def test_a_room_is_found_and_booked_like_a_doctor(phone, clinic):
    echo = await new_schedule(
        department="radiology",
        kind="device",
        practitioner_id=None,
        name="彩超 1 室",
        service_type="exam",
        needs=["fasting"],
    )
    slot = await new_slot(echo, at(3, 9))
    li = await phone("li", add="李秀英")
    found = (await li.get("/practitioners?department=radiology")).body["items"]
    assert [(one["kind"], one["name"]) for one in found] == [("device", "彩超 1 室")]
    room = found[0]["id"]
    assert (await li.get(f"/schedule-days?practitioner_id={room}")).body["items"][0]["remaining"]
    times = (await li.get(f"/slots?practitioner_id={room}&date=2026-11-03")).body["items"]
    assert times[0]["needs"][0]["key"] == "fasting"
    body = {"slot_id": str(slot.id), "patient_id": li.patient_id}
    unheard = await li.post("/appointments", body)
    assert (unheard.status, unheard.code) == (409, "prerequisites")
    booked = await li.post("/appointments", body | {"confirmed": ["fasting"]})
    assert (booked.status, booked.body["status"]) == (201, "booked")  # it costs nothing


async def test_what_has_not_changed_does_not_travel_again(phone, clinic):
    li = await phone("li", add="李秀英")
    path = f"/slots?practitioner_id={clinic.practitioner_id}&date=2026-11-03"
    first = await li.get(path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    again = await li.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status, again.body, again.headers["ETag"]) == (304, "", tag)
    body = {"slot_id": str(clinic.nine.id), "patient_id": li.patient_id}
    assert (await li.post("/appointments", body)).status == 201
    changed = await li.get(path, headers={"If-None-Match": tag})
    assert (changed.status, changed.body["items"][0]["remaining"]) == (200, 1)
    houses = await li.get("/organizations?limit=100")
    assert houses.headers["Content-Encoding"] in ("gzip", "deflate")  # a list on a slow line
    private = await li.get("/patients")
    assert private.headers["Cache-Control"] == "no-store"
