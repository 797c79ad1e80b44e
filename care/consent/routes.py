"""The consent page: the text, the fee in view, and a place to sign; and what was signed."""

from typing import Any, Final

from aiohttp import web

from care.consent import queries, rules
from care.consent.models import Consent, ConsentStatus, SignatureMethod
from care.consent.schemas import ConsentIn, WithdrawalIn
from care.consent.service import Upload, is_intact, sign_consent, withdraw_consent
from care.consent.subjects import ConsentSubject, find
from care.consent.texts import current, version_of
from care.record.queries import summary
from core import clock, money, pages
from core.blobs import STORE, Blob
from core.doors import allow
from core.errors import Invalid, NotFound, TooLarge
from core.forms import Form, blank, fields, filled, read_form, refused
from core.http import path_id
from core.idempotency import once
from people.access import open_patient
from people.actor import CLINICIANS, Role, actor_of

routes = web.RouteTableDef()

READERS: Final = (*CLINICIANS, Role.TEAM_LEAD, Role.NURSE)
WRITERS: Final = READERS
PAGE: Final = "/consents/{kind:[a-z_]+}/{id:[0-9a-fA-F-]{36}}"
CONSENT: Final = "/consents/{id:[0-9a-fA-F-]{36}}"
METHODS: Final = (
    (SignatureMethod.DRAWN.value, "在屏幕上签名"),
    (SignatureMethod.THUMBPRINT.value, "按手印,拍照上传", "不会写字或手不方便时用"),
    (SignatureMethod.TYPED.value, "键盘输入姓名", "屏幕不能手写时用,由医生在场见证"),
)
pages.notice("consent.signed", "同意书已经签好。")
pages.notice("consent.withdrawn", "同意书已经撤回。")


@routes.get(PAGE, name="sign_consent")
@allow(*WRITERS)
async def show(request: web.Request) -> web.Response:
    """The text, the fee and the place to sign."""
    return await _page(request, await _subject(request), blank())


@routes.post(PAGE, name="give_consent")
@allow(*WRITERS)
@once
async def sign(request: web.Request) -> web.Response:
    """Keep what was signed, and go back to where the consent was needed."""
    subject = await _subject(request)
    form = await read_form(request, ConsentIn)
    if form.entry is None:
        return await _page(request, subject, form, status=422)
    try:
        await sign_consent(
            actor_of(request),
            kind=request.match_info["kind"],
            patient_id=subject.patient_id,
            subject=subject.subject,
            fee_fen=subject.fee_fen,
            entry=form.entry,
            store=request.app[STORE],
            thumbprint=await _thumbprint(request),
        )
    except TooLarge as problem:
        form.errors["thumbprint"] = problem.detail
    except Invalid as problem:
        form = refused(form, problem)
    else:
        raise pages.see_other(subject.back, say="consent.signed")
    return await _page(request, subject, form, status=422)


async def _subject(request: web.Request) -> ConsentSubject:
    return await find(actor_of(request), request.match_info["kind"], path_id(request))


async def _thumbprint(request: web.Request) -> Upload | None:
    upload = (await fields(request)).get("thumbprint")
    if isinstance(upload, web.FileField) and upload.filename:
        return Upload(upload.filename, upload.file.read())
    return None


async def _page(
    request: web.Request, subject: ConsentSubject, form: Form[Any], *, status: int = 200
) -> web.Response:
    kind = request.match_info["kind"]
    await open_patient(actor_of(request), subject.patient_id, purpose="consent-form")
    record = await summary(subject.patient_id)
    age = record.age_years
    defaults = {"method": SignatureMethod.DRAWN.value, "signer": rules.who_may_sign(age)[0].value}
    if age >= rules.ADULT_YEARS:
        defaults["signer_name"] = record.patient.name
    form = Form(defaults | form.values, form.errors, None)
    return await pages.render(
        request,
        "care/consent/sign.html",
        status=status,
        form=form,
        text=current(kind),
        subject=subject,
        action=request.path,
        banner=record.banner(href=f"/patients/{subject.patient_id}"),
        signers=_signers(age),
        why_guardian=rules.why_guardian(age),
        adult=age >= rules.ADULT_YEARS,
        may_support_self=rules.SELF_SUPPORTING_YEARS <= age < rules.ADULT_YEARS,
        relations=_relations(age),
        methods=METHODS,
        yuan=money.fee(subject.fee_fen),
    )


def _signers(age: int) -> list[tuple[str, str]]:
    allowed = rules.who_may_sign(age, self_supporting=age >= rules.SELF_SUPPORTING_YEARS)
    return [(signer.value, rules.SIGNERS[signer]) for signer in allowed]


def _relations(age: int) -> list[tuple[str, str]]:
    names = dict.fromkeys(rules.GUARDIAN_RELATIONS)
    if age >= rules.ADULT_YEARS:
        names |= dict.fromkeys(rules.NEAR_RELATIONS)
    return [(name, name) for name in names]


@routes.get(CONSENT, name="consent")
@allow(*READERS)
async def consent(request: web.Request) -> web.Response:
    """What was signed, in the words of then."""
    return await _shown(request, blank())


async def _find(request: web.Request) -> Consent:
    row = await Consent.get_or_none(id=path_id(request))
    if row is None:
        raise NotFound("not_found", "没有找到这份同意书。")
    await open_patient(actor_of(request), row.patient_id, purpose="consent")
    return row


async def _shown(request: web.Request, form: Form[Any]) -> web.Response:
    row = await _find(request)
    record = await summary(row.patient_id)
    return await pages.render(
        request,
        "care/consent/consent.html",
        status=form.status,
        row=row,
        form=form,
        text=version_of(row.kind, row.text_version),
        signer=rules.SIGNERS[row.signer],
        intact=await is_intact(row),
        withdrawn=row.status is ConsentStatus.WITHDRAWN,
        yuan=money.fee(row.fee_fen),
        banner=record.banner(href=f"/patients/{row.patient_id}"),
        patient_name=record.patient.name,
    )


@routes.get(f"{CONSENT}/signature", name="consent_signature")
@allow(*READERS)
async def signature(request: web.Request) -> web.Response:
    """The drawn name or the thumbprint."""
    row = await _find(request)
    picture = await Blob.get_or_none(id=row.picture_id) if row.picture_id else None
    if picture is None:
        raise NotFound("not_found", "这份同意书没有签名图片。")
    return web.Response(
        body=await request.app[STORE].read(picture),
        content_type=picture.content_type,
        headers={"Cache-Control": "private, no-store", "Content-Disposition": "inline"},
    )


@routes.post(f"{CONSENT}/withdrawal", name="withdraw_consent")
@allow(*WRITERS)
@once
@filled(WithdrawalIn, again=_shown)
async def withdraw(request: web.Request, entry: WithdrawalIn) -> web.Response:
    """The patient has changed their mind."""
    row = await withdraw_consent(actor_of(request), path_id(request), reason=entry.reason)
    raise pages.see_other(f"/consents/{row.id}", say="consent.withdrawn")


@routes.get("/patients/{id:[0-9a-fA-F-]{36}}/consents", name="patient_consents")
@allow(*READERS)
async def patient_consents(request: web.Request) -> web.Response:
    """Everything this patient signed."""
    patient_id = path_id(request)
    await open_patient(actor_of(request), patient_id, purpose="consents")
    record = await summary(patient_id)
    rows = await queries.of_patient(patient_id)
    return await pages.render(
        request,
        "care/consent/consents.html",
        banner=record.banner(href=f"/patients/{patient_id}"),
        rows=[
            {
                "href": f"/consents/{row.id}",
                "title": version_of(row.kind, row.text_version).title,
                "when": clock.in_words(row.signed_at),
                "who": f"{row.signer_name}({rules.SIGNERS[row.signer]})",
                "fee": money.fee(row.fee_fen),
                "withdrawn": row.status is ConsentStatus.WITHDRAWN,
                "outdated": row.text_version != current(row.kind).version,
            }
            for row in rows
        ],
    )
