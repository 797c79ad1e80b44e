"""Who sits in a room, who holds which seat, and who hears whom."""

import logging
import time
from collections.abc import Callable
from typing import Protocol

from rtc import signals
from rtc.media import sdp
from rtc.media.adaptation import picture
from rtc.media.identity import Identity
from rtc.media.loudness import speaker
from rtc.media.mux import UdpMux
from rtc.media.peer import Peer, PeerState
from rtc.media.producer import Producer
from rtc.media.publication import Publication
from rtc.media.subscription import Subscription

log = logging.getLogger(__name__)

MAX_SEATS = 32  # a consult has two to six; more is a fault or an attack

LISTEN_EVERY = 0.5  # s between two looks at who speaks

Push = Callable[[signals.Message], bool]  # False: nobody hears it any more


class Refused(Exception):
    """A call that cannot be done; `code` is one of the protocol's."""

    def __init__(self, code: signals.FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.code: signals.FailureCode = code
        self.detail = detail


class Tape(Protocol):
    """A recording as the room sees it."""

    name: str

    def follow(self, producers: list[Producer]) -> None: ...


class Seat:
    """A participant's place; `push` reaches the app process that last spoke for the session."""

    def __init__(self, number: int, call: signals.Enter, push: Push) -> None:
        self.name = call.seat
        self.session = call.session
        self.stream = f"seat{number}"
        self.rights = call.rights
        self.video = call.video
        self.push = push
        self.publication: Publication | None = None
        self.subscription: Subscription | None = None
        self.told: tuple[signals.Picture, ...] | None = ()  # None: tell again, whatever it is
        self.connection = 0
        self.revision = 0
        self.touched = time.monotonic()

    @property
    def peers(self) -> list[Peer]:
        """Its connections."""
        return [side.peer for side in (self.publication, self.subscription) if side is not None]

    @property
    def producers(self) -> list[Producer]:
        """Tracks this seat sends."""
        return self.publication.producers if self.publication is not None else []


class Room:
    """Seats and the tracks between them. `codec` is the video codec all are asked to send."""

    def __init__(
        self, name: str, mux: UdpMux, identity: Identity, addresses: tuple[str, ...]
    ) -> None:
        self.name = name
        self.seats: dict[str, Seat] = {}
        self.codec: signals.VideoCodec = "VP8"
        self.tape: Tape | None = None
        self.speaker = ""
        self._listen_at = 0.0
        self._mux = mux
        self._identity = identity
        self._addresses = addresses
        self._seats_made = 0

    @property
    def producers(self) -> list[Producer]:
        """All tracks of the room, in the order of seats and m-lines."""
        return [producer for seat in self.seats.values() for producer in seat.producers]

    def _seat(self, name: str, session: str, push: Push) -> Seat:
        seat = self.seats.get(name)
        if seat is None:
            raise Refused("unknown_seat", f"nobody entered {self.name} as {name}")
        if seat.session != session:
            raise Refused("stale_session", "another session holds this seat")
        seat.push = push
        seat.touched = time.monotonic()
        return seat

    # -- calls

    def enter(self, call: signals.Enter, push: Push) -> signals.Entered:
        """Take or resume a seat."""
        seat = self.seats.get(call.seat)
        resumed = seat is not None and seat.session == call.session
        if seat is not None and not resumed:
            seat.push(signals.Replaced(room=self.name, seat=seat.name, session=seat.session))
            self._vacate(seat)
            seat = None
        if seat is None:
            if len(self.seats) >= MAX_SEATS:
                raise Refused("room_full", f"{MAX_SEATS} seats are taken")
            self._seats_made += 1
            seat = self.seats[call.seat] = Seat(self._seats_made, call, push)
        seat.push, seat.touched = push, time.monotonic()
        seat.rights, seat.video = call.rights, call.video
        seat.told = None if resumed else ()
        if "publish" not in seat.rights:
            self._stop_publishing(seat)
        if seat.subscription is not None and (call.restart or not seat.subscription.alive):
            self._stop_receiving(seat)
        if call.video is not None and "VP8" not in call.video:
            self._switch("H264")
        if seat.subscription is not None and seat.subscription.outstanding:
            self._push_offer(seat, seat.subscription)
        self.refresh()
        sending = seat.publication is not None and seat.publication.peer.state != "closed"
        return signals.Entered(re=call.id, resumed=resumed, sending=sending)

    def publish(self, call: signals.Publish, push: Push) -> str:
        """Answer a publish offer."""
        seat = self._seat(call.seat, call.session, push)
        if "publish" not in seat.rights:
            raise Refused("not_allowed", "this seat may only receive")
        try:
            offer = sdp.parse(call.sdp)
            publication = seat.publication
            if publication is None or not publication.continues(offer):
                publication = Publication(
                    self._mux, self._identity, seat.name, seat.stream, self._peer_changed
                )
            video: signals.VideoCodec = self.codec if offer.sends_vp8 else "H264"
            try:
                text = publication.negotiate(offer, call.sources, video, self._addresses)
            except sdp.BadSdp:
                if publication is not seat.publication:
                    publication.close()
                raise
        except sdp.NoCommonCodec as why:
            raise Refused("no_common_codec", str(why)) from why
        except sdp.BadSdp as why:
            raise Refused("bad_sdp", str(why)) from why
        if publication is not seat.publication:
            old, seat.publication = seat.publication, publication
            if old is not None:
                old.close()
        if not offer.sends_vp8:
            self._switch("H264", but=seat)
        if self.tape is not None:
            self.tape.follow(publication.producers)
        self.refresh()
        return text

    def answer(self, call: signals.Answer, push: Push) -> None:
        """Take the answer to a subscribe offer."""
        seat = self._seat(call.seat, call.session, push)
        subscription = seat.subscription
        if (
            subscription is None
            or call.revision != subscription.revision
            or not subscription.outstanding
        ):
            raise Refused("stale_revision", "this offer is not outstanding")
        try:
            decodes = subscription.answer(call.sdp)
        except sdp.BadSdp as why:
            raise Refused("bad_sdp", str(why)) from why
        if not decodes:
            self._switch("H264")
        self.refresh()

    def leave(self, call: signals.Leave) -> None:
        """Give up a seat; a seat that another session holds stays."""
        seat = self.seats.get(call.seat)
        if seat is not None and seat.session == call.session:
            self._vacate(seat)
            self.refresh()

    def close(self) -> None:
        """Send everybody out."""
        for seat in list(self.seats.values()):
            self._vacate(seat)

    # -- consequences

    def refresh(self) -> None:
        """Offer to everybody what has changed for them."""
        for seat in list(self.seats.values()):
            if "subscribe" not in seat.rights:
                continue
            wanted = [p for p in self.producers if p.seat != seat.name]
            if seat.subscription is None:
                if not wanted:
                    continue
                seat.connection += 1
                seat.subscription = Subscription(
                    self._mux, self._identity, seat.connection, seat.revision, self._peer_changed
                )
            if seat.subscription.offer(wanted, self._addresses):
                seat.revision = seat.subscription.revision
                self._push_offer(seat, seat.subscription)
        self._mux.outbox.flush()

    def _push_offer(self, seat: Seat, subscription: Subscription) -> None:
        seat.push(
            signals.Offer(
                room=self.name,
                seat=seat.name,
                session=seat.session,
                revision=subscription.revision,
                connection=subscription.connection,
                sdp=subscription.outstanding,
                tracks=subscription.tracks,
            )
        )

    def _switch(self, codec: signals.VideoCodec, but: Seat | None = None) -> None:
        """Somebody cannot do VP8: ask all who send it to send H.264."""
        if self.codec == codec:
            return
        self.codec = codec
        log.info("room changes its video codec", extra={"room": self.name, "codec": codec})
        for seat in self.seats.values():
            if seat is not but and any(p.video for p in seat.producers):
                seat.push(
                    signals.Republish(
                        room=self.name, seat=seat.name, session=seat.session, codec=codec
                    )
                )

    def _vacate(self, seat: Seat) -> None:
        self.seats.pop(seat.name, None)
        self._stop_publishing(seat)
        self._stop_receiving(seat)

    @staticmethod
    def _stop_publishing(seat: Seat) -> None:
        publication, seat.publication = seat.publication, None
        if publication is not None:
            publication.close()

    @staticmethod
    def _stop_receiving(seat: Seat) -> None:
        subscription, seat.subscription = seat.subscription, None
        if subscription is not None:
            subscription.close()

    def _peer_changed(self, peer: Peer, state: PeerState) -> None:
        seat = next(
            (
                s
                for s in self.seats.values()
                if (s.publication is not None and s.publication.peer is peer)
                or (s.subscription is not None and s.subscription.peer is peer)
            ),
            None,
        )
        if seat is None or state == "new":
            return  # replaced or given up: nobody asks for it any more
        seat.push(
            signals.Media(
                room=self.name, seat=seat.name, session=seat.session, side=peer.side, state=state
            )
        )
        seat.touched = time.monotonic()
        if peer.side == "publish" and state == "closed":
            self._stop_publishing(seat)
            self.refresh()
        elif peer.side == "subscribe" and seat.subscription is not None:
            if state == "closed":
                seat.subscription.close()  # a new one is made when the session enters again
            elif state == "connected":
                seat.subscription.connected()
                self._mux.outbox.flush()

    # -- time

    def adapt(self, now: float) -> None:
        """Give each receiver of each video what its line can take; tell it what it misses."""
        if now >= self._listen_at:
            self._listen_at = now + LISTEN_EVERY
            self._listen()
        for seat in self.seats.values():
            subscription = seat.subscription
            if subscription is None:
                seat.told = ()
            elif subscription.adaptation.due(now):
                adaptation = subscription.adaptation
                adaptation.tick(now, subscription.consumers, self.speaker)
                self._tell_pictures(seat, adaptation.pictures)

    def _listen(self) -> None:
        voices = (producer for producer in self.producers if not producer.video)
        levels = {voice.seat: voice.layers[0].loudness.level for voice in voices}
        self.speaker = speaker(levels, self.speaker)

    def _tell_pictures(self, seat: Seat, pictures: tuple[signals.Picture, ...]) -> None:
        pictures += tuple(picture(p, "small", "line") for p in seat.producers if p.thin)
        if pictures != seat.told:
            seat.told = pictures
            where = {"room": self.name, "seat": seat.name, "session": seat.session}
            seat.push(signals.Adapted(**where, pictures=pictures))

    def watch(
        self,
        now: float,
        *,
        interrupted_after: float,
        peer_timeout: float,
        connect_timeout: float,
        seat_timeout: float,
        answer_timeout: float,
    ) -> None:
        """Remove dead peers, and seats that nobody has used for long."""
        for seat in list(self.seats.values()):
            peers = seat.peers
            for peer in peers:
                unanswered = peer.side == "subscribe" and not peer.fingerprints
                if unanswered and peer.state != "closed" and now - peer.born > answer_timeout:
                    self._mux.counts["unanswered_offer"] += 1
                    log.info(
                        "an offer was never answered", extra={"room": self.name, "seat": seat.name}
                    )
                peer.watch(
                    now,
                    interrupted_after,
                    peer_timeout,
                    answer_timeout if unanswered else connect_timeout,
                )
            if any(peer.active for peer in peers):
                seat.touched = now
            elif now - seat.touched > seat_timeout:
                self._vacate(seat)
                self.refresh()
