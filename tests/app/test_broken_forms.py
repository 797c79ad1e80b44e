"""Every staff form of the house against bytes that are no form: never a 500, never a hang."""

import asyncio
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from yarl import URL

from app.routes import ROUTES
from booking import service
from core import csrf, doors
from people.models import Account
from tests.booking.conftest import actor, new_patients, new_schedule, new_slot
from tests.plumbing.house import PAGE, form_token

pytestmark = [
    # aiohttp leaves the temporary file of a broken upload to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.one_database,  # what is no form comes no further than the reader
]

TYPE = "multipart/form-data; boundary=xyz"
URLENCODED = "application/x-www-form-urlencoded"


def part(name, body, *headers):
    lines = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return "\r\n".join(["--xyz", *lines, "", body, ""])


def whole(*parts):
    return "".join(parts).encode("latin-1") + b"--xyz--\r\n"


FILE = 'Content-Disposition: form-data; name="file"; filename="a.jpg"'
NAMES = ("q", "reason", "slot_id", "patient_id", "name", "document", "code", "number", "text")
BODIES = {
    "no boundary": ("multipart/form-data", b"--xyz\r\n"),
    "another boundary": (TYPE, b"--abc\r\n\r\n--abc--\r\n"),
    "empty multipart": (TYPE, b""),
    "cut in the headers": (TYPE, b"--xyz\r\nContent-Disposition: form-data; na"),
    "cut in a file": (TYPE, f"--xyz\r\n{FILE}\r\n\r\n".encode() + b"\xff\xd8" * 600),
    "headers that are none": (TYPE, b"--xyz\r\n\x00\x01garbage\r\n\r\nx\r\n--xyz--\r\n"),
    "part without a name": (TYPE, b"--xyz\r\n\r\nx\r\n--xyz--\r\n"),
    "nested multipart": (
        TYPE,
        whole(part("a", "--b\r\n\r\n--b--", "Content-Type: multipart/mixed; boundary=b")),
    ),
    "part of unknown charset": (
        TYPE,
        whole(part("q", "x", "Content-Type: text/plain; charset=klingon")),
    ),
    "part that is not its charset": (
        TYPE,
        whole(part("q", "\xff\xfe\xfd", "Content-Type: text/plain; charset=utf-8")),
    ),
    "part of surrogates": (
        TYPE,
        whole(part("q", "\\ud800", "Content-Type: text/plain; charset=unicode_escape")),
    ),
    "part of unknown encoding": (TYPE, whole(part("q", "x", "Content-Transfer-Encoding: rot13"))),
    "part of broken base64": (TYPE, whole(part("q", "a", "Content-Transfer-Encoding: base64"))),
    "part of broken gzip": (TYPE, whole(part("q", "x", "Content-Encoding: gzip"))),
    "file with NUL in its name": (
        TYPE,
        whole("--xyz\r\n", FILE.replace("a.jpg", "a%00.jpg\\\0"), "\r\n\r\nx\r\n"),
    ),
    "file where text is due": (
        TYPE,
        whole(*(f"--xyz\r\n{FILE.replace('file', n, 1)}\r\n\r\nx\r\n" for n in NAMES)),
    ),
    "bytes where text is due": (
        TYPE,
        whole(*(part(n, "x", "Content-Type: application/octet-stream") for n in NAMES)),
    ),
    "unknown charset": (f"{URLENCODED}; charset=klingon", b"q=x"),
    "no utf-8": (URLENCODED, b"\xff\xfe=\xfd&q=%ED%A0%80"),
    "NUL everywhere": (URLENCODED, "&".join(f"{n}=a%00b" for n in NAMES).encode()),
    "five megabytes": (URLENCODED, b"reason=" + b"x" * 5_000_000),
    "five megabytes of one part": (TYPE, whole(part("reason", "x" * 5_000_000))),
    "ten thousand fields": (URLENCODED, "&".join(f"f{n}=1" for n in range(10_000)).encode()),
    "JSON": ("application/json", b'{"reason": 1'),
    "XML": ("text/xml", b"<reason>"),
    "no type": ("", b"reason=x"),
    "a type that is none": ("///", b"reason=x"),
}
BROKEN = {
    "no boundary",
    "another boundary",
    "headers that are none",
    "nested multipart",
    "part of unknown charset",
    "part that is not its charset",
    "part of surrogates",
    "unknown charset",
}
READ = {"file with NUL in its name", "NUL everywhere", "no utf-8"}
"""What may get as far as a database, and PostgreSQL and SQLite take texts differently."""
AS_PAGES = {"another boundary", "NUL everywhere"}
"""Answered with the page that people see: one refusal by the reader and one by the forms."""
REFUSED = (400, 409, 413, 415, 422)
ENDS_IT = ("/logout", "/sessions", "/login", "/password", "/second-factor")
"""What would sign the visitor out on the way; the session is what the others need."""
USERS = ("village1", "county1", "scheduler1", "admin1")


def staff_forms():
    """Path (with ids to fill in) and door of every POST that staff may send."""
    found = {}
    for route in (route for table in ROUTES for route in table):
        door = doors.door_of(route.handler)
        wanted = route.method == "POST" and door and doors.ANYONE not in door
        if wanted and not route.path.startswith(("/api/mp", *ENDS_IT)):
            found[route.path] = door
    return found


def filled(path, ids):
    """The path with ids that exist where a test has one, else with one that leads nowhere."""
    kind = next((kind for kind in ids if path.startswith(f"/{kind}/")), "")
    for text, name, wanted in re.findall(r"(\{(\w+)(?::((?:[^{}]|\{[^}]*\})*))?\})", path):
        if wanted and wanted.startswith(("[a-z_]", "[A-Za-z]")):
            value = {"kind": "booking", "resource": "Observation", "code": "sms_off"}[name]
        elif wanted and "|" in wanted:
            value = wanted.split("|")[0]
        elif wanted and wanted.startswith("\\d"):
            value = "1"
        else:
            value = str(ids.get(kind) or uuid4())
        path = path.replace(text, value)
    return path


@pytest.fixture
async def people(house):
    """One visitor of each kind of work, with their roles."""
    found = []
    for username in USERS:
        account = await Account.get(username=username)
        found.append((set(account.roles), await house.signed_in(username)))
    return found


@pytest.fixture
async def ids(house, clock):
    """Things of the county that forms are about."""
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    slot = await new_slot(schedule, clock.moment + timedelta(days=1), places=2)
    row = await service.hold(
        await actor("village1"), slot_id=slot.id, patient_id=patient.id, channel="village"
    )
    return {"patients": patient.id, "schedules": schedule.id, "bookings": row.id}


@pytest.mark.parametrize(
    "body",
    [pytest.param(b, marks=[pytest.mark.database] if b in READ else []) for b in BODIES],
)
async def test_no_form_of_the_house_breaks(house, people, ids, body):
    kind, raw = BODIES[body]
    answered = PAGE if body in AS_PAGES else {"Accept": "application/json"}
    answers = {}
    for path, door in staff_forms().items():
        for roles, visitor in people:
            if doors.ANY_STAFF not in door and not roles & {str(role) for role in door}:
                continue
            headers = {**answered, csrf.HEADER: form_token(), "Content-Type": kind}
            target = filled(path, ids)
            assert "{" not in target, target
            answer = await visitor.client.post(
                URL(target, encoded=True),
                data=io.BytesIO(raw),
                headers=headers,
                allow_redirects=False,
            )
            answers[path] = answer.status
            break
    assert len(answers) > 80, "so many forms there are"
    assert not {path: status for path, status in answers.items() if status >= 500}
    if body in BROKEN:
        refused = [path for path, status in answers.items() if status == 400]
        assert len(refused) > 20, "read and refused as what they are"
    for path in ("/schedules", "/patients"):
        assert answers[path] in REFUSED, (path, answers[path])


async def test_the_guard_of_every_form_reads_broken_ones_too(house):
    visitor = await house.signed_in("scheduler1")
    for body, (kind, raw) in BODIES.items():
        headers = {**PAGE, "Content-Type": kind}
        answer = await visitor.client.post("/schedules", data=io.BytesIO(raw), headers=headers)
        assert 400 <= answer.status < 500, body
    headers = {**PAGE, csrf.HEADER: "\udcff\udcfe"}
    answer = await visitor.client.post("/schedules", data=b"", headers=headers)
    assert answer.status == 403


async def test_an_upload_that_stops_half_way_leaves_the_house_in_order(house, people):
    """The line breaks in the middle of a file: nobody waits for the rest."""
    _, visitor = people[0]
    cookies = visitor.client.session.cookie_jar.filter_cookies(URL(house.address))
    lines = [
        f"POST /patients/{uuid4()}/attachments HTTP/1.1",
        f"Host: {URL(house.address).authority}",
        "Accept: text/html",
        f"{csrf.HEADER}: {form_token()}",
        "Cookie: " + "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()),
        f"Content-Type: {TYPE}",
        "Content-Length: 1000000",
        "",
        "--xyz",
        FILE,
        "",
        "only the beginning",
    ]
    where = URL(house.address)
    for _ in range(5):
        _, writer = await asyncio.open_connection(where.host, where.port)
        writer.write("\r\n".join(lines).encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    answer = await visitor.get("/bookings")
    assert answer.status == 200
