"""Every write is safe to repeat: the first answer to a key is the answer to its repeats.

The key is the `Idempotency-Key` header or the form field `once`, and counts per person and path.
Same key and same body: the stored answer. Same key and another body: 422. A first attempt that
is still running: 409. Only answers below 400 are kept, so a refused form can be mended and sent
again with the same key.

A running attempt says every `BEAT_S` that it lives. One that has been silent for `LEASE` died with
its process, and the next repeat takes its place; should it come to life again, it changes nothing
here any more. Answers are sealed and bodies are kept as a keyed hash, because both tell of people.
"""

import asyncio
import functools
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, overload

import structlog
from aiohttp import web
from tortoise import fields
from tortoise.exceptions import BaseORMException, IntegrityError
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core import clock, crypto
from core.errors import Conflict, Invalid, Problem
from core.forms import fields as posted_fields
from core.forms import text_of

log = structlog.get_logger(__name__)

HEADER: Final = "Idempotency-Key"
FIELD: Final = "once"
CALLER: Final = web.RequestKey("idempotency_caller", str)
KEEP: Final = timedelta(days=1)
LEASE: Final = timedelta(seconds=15)
BEAT_S: Final = 4.0
ASK_AGAIN_S: Final = 2
LONGEST: Final = 200
MISSING: Final = ("idempotency_key_missing", "请求缺少编号,请更新小程序后再试。")


class IdempotentAnswer(Model):
    """The answer once given. `status` is 0 while an attempt runs; `lease` says which one.

    `at` is when the attempt last said that it lives, then when it answered.
    """

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=64, unique=True)
    fingerprint = fields.CharField(max_length=64)
    lease = fields.CharField(max_length=16, default="")
    status = fields.IntField(default=0)
    location = fields.CharField(max_length=300, default="")
    body = crypto.SealedField(default="")
    content_type = fields.CharField(max_length=60, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "core_idempotent_answer"
        indexes = (("at",),)


FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
HandlerLike = Callable[..., Awaitable[web.StreamResponse]]


@overload
def once(handler: HandlerLike) -> Any: ...
@overload
def once(*, required: bool) -> Callable[[HandlerLike], Any]: ...
def once(handler: HandlerLike | None = None, *, required: bool = False) -> Any:
    """Make a handler answer a repeated key as it did the first time. No key, no promise.

    With `required` a request without a key is refused: it books or pays, and a repeat that was
    lost on a bad line must not do so twice.
    """
    if handler is None:
        return functools.partial(_once, required=required)
    return _once(handler, required=required)


def _once(handler: HandlerLike, *, required: bool) -> Any:
    may_be_form = not hasattr(handler, "endpoint")

    @functools.wraps(handler)
    async def handle(request: web.Request, *args: Any, **kwargs: Any) -> web.StreamResponse:
        key = await _key(request, may_be_form=may_be_form)
        if not key:
            if required:
                raise Problem(*MISSING)
            return await handler(request, *args, **kwargs)
        scope = _hash(f"{request.get(CALLER, '')}|{request.method}|{request.path}|{key}")
        fingerprint = await _fingerprint(request, may_be_form=may_be_form)
        claim = await _claim(scope, fingerprint)
        if isinstance(claim, IdempotentAnswer):
            return _replay(claim)
        async with _alive(claim):
            return await _first(claim, handler, request, args, kwargs)

    described: Any = handle
    described.idempotency = "required" if required else "optional"
    return handle


@dataclass(frozen=True, slots=True)
class _Claim:
    """A key that this attempt holds."""

    scope: str
    lease: str

    @property
    def row(self) -> QuerySet[IdempotentAnswer]:
        """The row, as long as no later attempt has taken its place."""
        return IdempotentAnswer.filter(scope=self.scope, lease=self.lease, status=0)


async def _first(
    claim: _Claim,
    handler: HandlerLike,
    request: web.Request,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> web.StreamResponse:
    """Run the attempt and keep what it answers."""
    try:
        response = await handler(request, *args, **kwargs)
    except web.HTTPRedirection as redirect:
        await _keep(claim, status=redirect.status, location=redirect.headers["Location"])
        raise
    except BaseException:
        await claim.row.delete()
        raise
    if response.status >= 400 or not isinstance(response, web.Response):
        await claim.row.delete()
    else:
        await _keep(
            claim,
            status=response.status,
            location=response.headers.get("Location", ""),
            body=response.text or "",
            content_type=response.content_type if response.body else "",
        )
    return response


async def _keep(claim: _Claim, **answer: Any) -> None:
    await claim.row.update(at=clock.now(), **answer)


@asynccontextmanager
async def _alive(claim: _Claim) -> AsyncIterator[None]:
    """Say that the attempt lives for as long as it does."""
    beating = asyncio.create_task(_beat(claim))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(claim: _Claim) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        try:
            await claim.row.update(at=clock.now())
        except BaseORMException as problem:  # the next beat may come through
            log.warning("idempotency_beat_missed", why=type(problem).__name__)


async def _claim(scope: str, fingerprint: str) -> _Claim | IdempotentAnswer:
    """Take the key, or find what was answered. Raises Conflict or Invalid."""
    moment, claim = clock.now(), _Claim(scope, secrets.token_hex(8))
    try:
        await IdempotentAnswer.create(
            scope=scope, fingerprint=fingerprint, lease=claim.lease, at=moment
        )
    except IntegrityError:
        found = await IdempotentAnswer.get_or_none(scope=scope)
    else:
        return claim
    if found is None:
        return await _claim(scope, fingerprint)
    if found.fingerprint != fingerprint:
        raise Invalid("idempotency_key_reused", "这份表单已经提交过别的内容,请刷新页面再填。")
    if found.status:
        return found
    silent = IdempotentAnswer.filter(scope=scope, status=0, at__lt=moment - LEASE)
    if await silent.update(at=moment, lease=claim.lease):
        return claim
    sentence = "上一次提交还在处理,请稍等几秒,不用重新填。"
    raise Conflict("still_running", sentence, retry_after_s=ASK_AGAIN_S)


def _replay(kept: IdempotentAnswer) -> web.Response:
    headers = {"Location": kept.location} if kept.location else {}
    if not kept.content_type:
        return web.Response(status=kept.status, headers=headers)
    return web.Response(
        status=kept.status, headers=headers, text=kept.body, content_type=kept.content_type
    )


async def forget_old() -> int:
    """Delete answers nobody will ask for again."""
    return await IdempotentAnswer.filter(at__lt=clock.now() - KEEP).delete()


async def _key(request: web.Request, *, may_be_form: bool) -> str:
    header = request.headers.get(HEADER)
    if header is not None:
        return _usable(header)
    if may_be_form and request.content_type in FORMS:
        return (await text_of(request, FIELD))[:LONGEST]
    return ""


def _usable(key: str) -> str:
    """Short, plain and not empty. Raises Problem."""
    if not 0 < len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        raise Problem("idempotency_key_malformed", "请求编号不对,请更新小程序后再试。")
    return key


async def _fingerprint(request: web.Request, *, may_be_form: bool) -> str:
    """A keyed hash of the body: who reads the table cannot try out names and numbers."""
    if may_be_form and request.content_type == "multipart/form-data":
        parts = [
            f"{name}={value if isinstance(value, str) else _hash_of_upload(value)}"
            for name, value in (await posted_fields(request)).items()
            if name != "csrf_token"
        ]
        return _mac("&".join(parts).encode())
    return _mac(await request.read())


def _mac(body: bytes) -> str:
    return crypto.keyring().mac("idempotency", body)


def _hash_of_upload(upload: Any) -> str:
    if isinstance(upload, (bytes, bytearray)):
        return hashlib.sha256(upload).hexdigest()
    digest = hashlib.file_digest(upload.file, "sha256").hexdigest()
    upload.file.seek(0)
    return digest


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def keyed(handler: HandlerLike) -> Any:
    """Demand a key that the verb itself keeps with what it made, so that nothing is kept twice."""

    @functools.wraps(handler)
    async def handle(request: web.Request, *args: Any, **kwargs: Any) -> web.StreamResponse:
        if HEADER not in request.headers:
            raise Problem(*MISSING)
        _usable(request.headers[HEADER])
        return await handler(request, *args, **kwargs)

    described: Any = handle
    described.idempotency = "required"
    return handle
