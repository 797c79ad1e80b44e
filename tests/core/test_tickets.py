"""Room tickets: one room, one seat, minutes to live, impossible to forge."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tickets
from core.errors import Forbidden
from core.tickets import Right


def a_ticket(**changes):
    given = {
        "room": uuid4(),
        "seat": uuid4(),
        "name": "张医生",
        "organization": "县医院",
        "tier": "county",
        "part": "doctor",
        "rights": frozenset({Right.PUBLISH, Right.SUBSCRIBE}),
    }
    return tickets.issue(**given | changes)


def test_a_ticket_says_what_it_was_issued_for(keys):
    room, seat = uuid4(), uuid4()
    read = tickets.check(a_ticket(room=room, seat=seat))
    assert (read.room, read.seat, read.name) == (room, seat, "张医生")
    assert read.rights == {Right.PUBLISH, Right.SUBSCRIBE}


def test_a_ticket_expires(keys, clock):
    ticket = a_ticket()
    clock.move(seconds=tickets.LIFETIME / timedelta(seconds=1) + 1)
    with pytest.raises(Forbidden) as refused:
        tickets.check(ticket)
    assert refused.value.code == "ticket_expired"


@given(st.text(max_size=80))
def test_rubbish_is_refused(text):
    with pytest.raises(Forbidden) as refused:
        tickets.check(text)
    assert refused.value.code == "ticket_invalid"


def test_a_ticket_cannot_be_altered(keys):
    ticket = a_ticket()
    body, signature = ticket.split(".")
    other, _ = a_ticket().split(".")
    for forged in (
        f"{other}.{signature}",
        f"{body}.{signature[:-4]}AAAA",
        f"{body}.",
        f".{signature}",
    ):
        with pytest.raises(Forbidden):
            tickets.check(forged)
