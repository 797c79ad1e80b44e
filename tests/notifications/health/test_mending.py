"""What is worth sending again: never what may have arrived, never what a recipient refused."""

from hypothesis import given
from hypothesis import strategies as st

from notifications.sending.mending import MAY_HAVE_ARRIVED, MENDABLE, Tried, channel_to_mend
from notifications.states import Delivery

LADDER = ("wechat", "sms")
TRIES = st.lists(
    st.builds(
        Tried,
        channel=st.sampled_from([*LADDER, "phone"]),
        status=st.sampled_from(list(Delivery)),
        code=st.sampled_from(
            [*sorted(MENDABLE), "", "no_phone", "wechat_no_credit", "not_heard_of"]
        ),
    ),
    max_size=6,
)


@given(TRIES)
def test_nothing_that_may_have_arrived_or_was_refused_is_sent_again(tries: list[Tried]) -> None:
    channel = channel_to_mend(LADDER, tries)
    if any(one.status in MAY_HAVE_ARRIVED or one.code == "not_heard_of" for one in tries):
        assert channel is None
    if channel is None:
        return
    mine = [one for one in tries if one.channel == channel]
    assert channel in LADDER
    assert any(one.code in MENDABLE for one in mine)
    ends = (Delivery.REFUSED, Delivery.NO_CONSENT)
    assert not any(one.status in ends and one.code not in MENDABLE for one in mine)


@given(TRIES, st.randoms())
def test_the_order_of_the_attempts_does_not_matter(tries: list[Tried], dice) -> None:
    mixed = list(tries)
    dice.shuffle(mixed)
    assert channel_to_mend(LADDER, mixed) == channel_to_mend(LADDER, tries)


def test_the_first_channel_at_fault_is_the_one_to_be_mended() -> None:
    silent = Tried("sms", Delivery.FAILED, "sms_silent")
    refused = Tried("wechat", Delivery.FAILED, "wechat_refused")
    none_agreed = Tried("wechat", Delivery.NO_CONSENT, "wechat_no_credit")
    assert channel_to_mend(LADDER, [refused, silent]) == "wechat"
    assert channel_to_mend(LADDER, [none_agreed, silent]) == "sms"
    assert channel_to_mend(LADDER, [refused, none_agreed, silent]) == "sms"
    assert (
        channel_to_mend(LADDER, [none_agreed, Tried("sms", Delivery.REFUSED, "no_phone")]) is None
    )
    given_up = Tried("wechat", Delivery.GIVEN_UP, "killed")
    assert channel_to_mend(LADDER, [given_up, silent]) is None
