"""Texts that came in a new version, and the way over a desk."""

from aiohttp import web

from care.encounter import asking
from care.referral import service as referrals
from core.doors import residents
from core.http import endpoint
from core.idempotency import once
from family_doctor.contracts import wording as contracts
from mini_program_api.border import BASE
from mini_program_api.schemas.account import ConsentOut, Consents
from mini_program_api.schemas.agreements import AgreedIn, DeskCodeOut
from people.residents import agreements, desk
from people.residents.actor import resident_of

routes = web.RouteTableDef()


@routes.get(f"{BASE}/consents/owed", name="mp_owed_consents")
@residents
@endpoint
async def owed(request: web.Request) -> Consents:
    """Texts that came in a new version since this account agreed; nothing new begins before."""
    return shown(await agreements.owed(resident_of(request)))


@routes.post(f"{BASE}/consents", name="mp_agree")
@residents
@once
@endpoint
async def agree(request: web.Request, *, body: AgreedIn) -> Consents:
    """Agree to new versions, for everybody of the account who needs them; what is still owed."""
    who = resident_of(request)
    await agreements.agree(who, [agreements.Agreed(one.kind, one.version) for one in body.consents])
    return shown(await agreements.owed(who))


@routes.post(f"{BASE}/desk-code", name="mp_desk_code")
@residents
@endpoint(status=201)
async def desk_code(request: web.Request) -> DeskCodeOut:
    """Six digits to show at a desk, where the documents are looked at; the ones before die."""
    code, expires_at = await desk.new_code(resident_of(request))
    return DeskCodeOut(code=code, expires_at=expires_at)


def shown(texts: list[agreements.AgreementText]) -> Consents:
    """Texts as the contract names them."""
    return Consents(
        items=[
            ConsentOut(
                kind=text.kind,
                version=text.version,
                title=text.title,
                text=text.text,
                needed_for=text.needed_for,
            )
            for text in texts
        ]
    )


def with_visits(found: Consents) -> Consents:
    """These, and the words that each online visit, referral and contract asks to agree to."""
    each = (
        (asking.consent_text(), "online_visit"),
        (referrals.consent_text(), referrals.CONSENT),
        (contracts.agreement(), contracts.KIND),
    )
    more = [
        ConsentOut(
            kind=text.kind,
            version=text.version,
            title=text.title,
            text=text.body.strip(),
            needed_for=needed_for,
        )
        for text, needed_for in each
    ]
    return Consents(items=[*found.items, *more])
