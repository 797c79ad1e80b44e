"""Links to a paper for a phone: WeChat opens a PDF by its address and in a window or program of its
own, where no token of ours travels along.

So the address itself is the leave: sealed, good for some minutes and for one paper. Whose phone it
was made for stands in it, and that account's bond is asked again at every opening.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from care.documents.family_contract import KIND as CONTRACT
from care.documents.models import ArchivedDocument
from care.documents.prescription import KIND as PRESCRIPTION
from core import clock, crypto
from core.audit import audit
from core.errors import Gone, NotFound
from people.residents.access import own_patient_ids
from people.residents.actor import Resident
from people.residents.models import Scope

LIFETIME: Final = timedelta(minutes=10)
ABOUT: Final = b"paper-link"
OVER: Final = "这个网址过了时间,请回到刚才那一页,再点一次“打开”。"
SCOPES: Final = {PRESCRIPTION: Scope.VIEW, CONTRACT: Scope.CHAT}
"""What the account must be allowed for the patient; the papers of a talk ask for the talk."""


@dataclass(frozen=True, slots=True)
class Link:
    """Leave of one account to open one paper."""

    document_id: UUID
    account_id: UUID
    session_id: UUID
    expires_at: datetime

    def sealed(self) -> str:
        """As it stands in the address."""
        parts = (self.document_id, self.account_id, self.session_id, self.expires_at.isoformat())
        return crypto.keyring().seal("|".join(map(str, parts)).encode(), about=ABOUT)


def link_to(paper: ArchivedDocument, who: Resident) -> Link:
    """A new one."""
    return Link(paper.id, who.account_id, who.session_id, clock.now() + LIFETIME)


def read_link(text: str) -> Link:
    """What an address says. Raises NotFound for what we have not sealed, Gone when it is late."""
    try:
        document, account, session, until = (
            crypto.keyring().open(text, about=ABOUT).decode().split("|")
        )
    except (InvalidTag, LookupError, ValueError):
        raise _unknown() from None
    found = Link(UUID(document), UUID(account), UUID(session), datetime.fromisoformat(until))
    if found.expires_at <= clock.now():
        raise Gone("link_expired", OVER)
    return found


async def open_paper(link: Link) -> ArchivedDocument:
    """The paper, while the account may still act for its patient; the look is audited.

    Raises NotFound.
    """
    who = Resident(link.account_id, "", link.session_id)
    row = await ArchivedDocument.get_or_none(id=link.document_id)
    if row is None:
        raise _unknown()
    if row.patient_id not in await own_patient_ids(who, SCOPES.get(row.kind, Scope.CHAT)):
        raise _unknown()
    await audit(who, "document.read", f"ArchivedDocument/{row.id}", patient_id=row.patient_id)
    return row


def _unknown() -> NotFound:
    return NotFound("not_found", "没有找到这份文件。")
