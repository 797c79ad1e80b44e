"""The node's counters for Prometheus. No names of rooms or people in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from rtc.media.node import Node


class NodeCollector(Collector):
    """Reads what the node counts anyway, when it is asked."""

    def __init__(self, node: "Node") -> None:
        self._node = node

    def collect(self) -> Iterator[Metric]:
        """All counters."""
        node, mux = self._node, self._node.mux
        seats = sum(len(room.seats) for room in node.rooms.values())
        yield GaugeMetricFamily("doorstep_media_rooms", "Rooms on this node", len(node.rooms))
        yield GaugeMetricFamily("doorstep_media_seats", "Seats in them", seats)
        packets = CounterMetricFamily(
            "doorstep_media_packets", "Datagrams by what became of them", labels=["outcome"]
        )
        packets.add_metric(["received"], mux.received)
        packets.add_metric(["receive_dropped"], mux.dropped)
        packets.add_metric(["sent"], mux.outbox.sent)
        packets.add_metric(["send_dropped"], mux.outbox.dropped)
        yield packets
        refused = CounterMetricFamily(
            "doorstep_media_refused", "What was not done, by reason", labels=["reason"]
        )
        for reason, count in sorted(mux.counts.items()):
            refused.add_metric([reason], count)
        yield refused


def text(node: "Node") -> bytes:
    """The page."""
    registry = CollectorRegistry()
    registry.register(NodeCollector(node))
    return generate_latest(registry)
