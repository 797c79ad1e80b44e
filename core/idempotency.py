"""Every write is safe to repeat: the first answer to a key is the answer to its repeats.

The key is the `Idempotency-Key` header or the form field `once`, and counts per person and path.
Same key and same body: the stored answer. Same key and another body: 422. A first attempt that
is still running: 409. Only answers below 400 are kept, so a refused form can be mended and sent
again with the same key.
"""

import functools
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, overload

from aiohttp import web
from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core import clock
from core.errors import Conflict, Invalid, Problem

HEADER: Final = "Idempotency-Key"
FIELD: Final = "once"
CALLER: Final = web.RequestKey("idempotency_caller", str)
KEEP: Final = timedelta(days=1)
STUCK: Final = timedelta(minutes=2)
LONGEST: Final = 200
MISSING: Final = ("idempotency_key_missing", "请求缺少编号,请更新小程序后再试。")


class IdempotentAnswer(Model):
    """The answer once given. `status` is 0 while the first attempt runs."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=64, unique=True)
    fingerprint = fields.CharField(max_length=64)
    status = fields.IntField(default=0)
    location = fields.CharField(max_length=300, default="")
    body = fields.TextField(default="")
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
        if kept := await _claim(scope, fingerprint):
            return _replay(kept)
        return await _first(IdempotentAnswer.filter(scope=scope), handler, request, args, kwargs)

    described: Any = handle
    described.idempotency = "required" if required else "optional"
    return handle


async def _first(
    row: QuerySet[IdempotentAnswer],
    handler: HandlerLike,
    request: web.Request,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> web.StreamResponse:
    """Run the first attempt and keep what it answers."""
    try:
        response = await handler(request, *args, **kwargs)
    except web.HTTPRedirection as redirect:
        await row.update(status=redirect.status, location=redirect.headers["Location"])
        raise
    except BaseException:
        await row.delete()
        raise
    if response.status >= 400 or not isinstance(response, web.Response):
        await row.delete()
    else:
        await row.update(
            status=response.status,
            location=response.headers.get("Location", ""),
            body=response.text or "",
            content_type=response.content_type if response.body else "",
        )
    return response


async def _claim(scope: str, fingerprint: str) -> IdempotentAnswer | None:
    """Take the key (None), or find what was answered. Raises Conflict or Invalid."""
    moment = clock.now()
    try:
        await IdempotentAnswer.create(scope=scope, fingerprint=fingerprint, at=moment)
    except IntegrityError:
        found = await IdempotentAnswer.get_or_none(scope=scope)
    else:
        return None
    if found is None:
        return await _claim(scope, fingerprint)
    if found.fingerprint != fingerprint:
        raise Invalid("idempotency_key_reused", "这份表单已经提交过别的内容,请刷新页面再填。")
    if found.status:
        return found
    stuck = IdempotentAnswer.filter(scope=scope, status=0, at__lt=moment - STUCK)
    if await stuck.update(at=moment):
        return None
    raise Conflict("still_running", "上一次提交还在处理,请稍等几秒。")


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
        return str((await request.post()).get(FIELD, ""))[:LONGEST]
    return ""


def _usable(key: str) -> str:
    """Short, plain and not empty. Raises Problem."""
    if not 0 < len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        raise Problem("idempotency_key_malformed", "请求编号不对,请更新小程序后再试。")
    return key


async def _fingerprint(request: web.Request, *, may_be_form: bool) -> str:
    if may_be_form and request.content_type == "multipart/form-data":
        parts = [
            f"{name}={value if isinstance(value, str) else _hash_of_upload(value)}"
            for name, value in (await request.post()).items()
            if name != "csrf_token"
        ]
        return _hash("&".join(parts))
    return hashlib.sha256(await request.read()).hexdigest()


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
