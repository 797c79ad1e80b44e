"""`python -m tests.app.hasty COMMAND`: the house, which takes up a dead process's work sooner."""

import sys
from datetime import timedelta

from app.__main__ import main
from core import outbox
from payments import clockwork

if __name__ == "__main__":
    outbox.LEASE = clockwork.LEASE = timedelta(seconds=3)  # type: ignore[misc]
    sys.exit(main())
