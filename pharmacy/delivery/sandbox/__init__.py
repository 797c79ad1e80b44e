"""The county's courier, played on this machine: a real HTTP server with real signatures.

It answers a repeated order with the first number, refuses what a courier refuses, and brings its
news late, twice and out of order. Mounted under `/sandbox/courier` in the demo only. Its rules are
written a second time on purpose: it must not share a mistake with the client.
"""

from pharmacy.delivery.sandbox.server import PREFIX, SANDBOX, Options, create, credentials

__all__ = ["PREFIX", "SANDBOX", "Options", "create", "credentials"]
