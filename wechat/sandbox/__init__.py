"""WeChat, played on this machine: a real HTTP server on WeChat's own paths, with real signatures.

It refuses what WeChat refuses and repeats what WeChat repeats, so that whoever gets along with it
has met the difficult cases. It is mounted under `/sandbox/wechat` in the demo only, and starts
alone with `python -m wechat.sandbox`. Its rules are written a second time on purpose: it must not
share a mistake with the client. `console.py` holds what a person does in WeChat: agree, pay.
"""

from wechat.sandbox.keys import Identity
from wechat.sandbox.server import PREFIX, create, credentials
from wechat.sandbox.state import SANDBOX, Options, Sandbox

__all__ = ["PREFIX", "SANDBOX", "Identity", "Options", "Sandbox", "create", "credentials"]
