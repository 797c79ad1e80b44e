"""What can go wrong, in words a person can act on (RFC 9457).

Raise a `Problem` anywhere below a route; one middleware turns it into
`application/problem+json` or an HTML page. `code` is stable and for programs,
`detail` is a Chinese sentence that tells the person what to do next.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that must be mended: its name in the form or body, and what to do."""

    field: str
    message: str


class Problem(Exception):
    """Base of all errors that a person sees. `status` is the HTTP status."""

    status = 400
    title = "请求有误"
    refusal: object = None  # what `core.audit.refused` attached, for the audit trail

    def __init__(
        self, code: str, detail: str = "", *, errors: Sequence[FieldError] = (), **extra: object
    ) -> None:
        super().__init__(detail or code)
        self.code, self.detail, self.errors, self.extra = code, detail, tuple(errors), extra

    def document(self) -> dict[str, object]:
        """The problem details object of RFC 9457."""
        return {
            "type": "about:blank",
            "code": self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [{"field": e.field, "message": e.message} for e in self.errors],
            **self.extra,
        }


class Unauthorized(Problem):
    """Nobody is signed in, or the proof has expired."""

    status, title = 401, "请先登录"


class Forbidden(Problem):
    """Signed in, but this door stays closed. Never tells whether the record exists."""

    status, title = 403, "没有权限"


class NotFound(Problem):
    """No such page or record."""

    status, title = 404, "没有找到"


class Conflict(Problem):
    """Somebody was faster, or the state does not allow this step."""

    status, title = 409, "情况有变"


class Gone(Problem):
    """It existed and has expired."""

    status, title = 410, "已失效"


class TooLarge(Problem):
    """The upload is larger than allowed."""

    status, title = 413, "文件太大"


class Invalid(Problem):
    """The input does not fit; `errors` names the fields."""

    status, title = 422, "填写有误"


class TooMany(Problem):
    """Slow down; `retry_after_s` says for how long."""

    status, title = 429, "操作太频繁"


class Unavailable(Problem):
    """A part we depend on does not answer."""

    status, title = 503, "暂时不可用"
