"""Who the node is to browsers: the DTLS certificate of its peer connections."""

from datetime import UTC, datetime, timedelta

from aiortc.rtcdtlstransport import RTCCertificate

RENEW = timedelta(days=20)  # certificates live 30 days


class Identity:
    """The node's DTLS certificate, renewed long before it expires."""

    def __init__(self) -> None:
        self._made = datetime.min.replace(tzinfo=UTC)
        self._certificate: RTCCertificate | None = None

    def certificate(self) -> RTCCertificate:
        """A certificate for a new peer connection."""
        now = datetime.now(UTC)
        if self._certificate is None or now - self._made > RENEW:
            self._certificate = RTCCertificate.generateCertificate()
            self._made = now
        return self._certificate
