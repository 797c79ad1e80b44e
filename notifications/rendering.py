"""The words of the channels: Jinja2 files with a head that says which channel and which fields.

    ---
    channel = "wechat"
    [fields]            # word = kind of WeChat's field (subscribe message, parameter limits)
    place = "thing"
    ---
    place: {{ place }}

A WeChat file has a line for each field. What can be seen to be too long is refused when the file
is read, so that the house does not start with it; what is too long only with its contents is cut
by characters when it is sent, and never makes a message fail.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import Environment, Template, TemplateSyntaxError, nodes

from core.clock import in_words
from core.money import yuan
from notifications.topics import Wrong, topics
from wechat.rules import LIMITS, OFFICIAL_KINDS, Value, kind_of, width
from wechat.templates import Catalogue

FOLDER: Final = Path(__file__).parent / "messages"
SMS_LIMIT: Final = 67
"""Characters of a part of a long message; more than two of them are too dear to read."""
SMS_PARTS: Final = 2
_HEAD: Final = "---\n"

# A message is plain text for a phone; escaping it as HTML would show in it.
_environment: Final = Environment(autoescape=False, keep_trailing_newline=False)  # noqa: S701
_environment.filters |= {
    "moment": lambda value: in_words(value) if isinstance(value, datetime) else value,
    "yuan": yuan,
}


@dataclass(frozen=True, slots=True)
class WechatText:
    """The fields of a WeChat message: each a word as it was given, or a rendered line.

    `fixed` are the lines that say the same to everybody.
    """

    name: str
    kinds: Mapping[str, str]
    lines: Mapping[str, str | Template]
    fixed: Mapping[str, str]

    def render(self, words: Mapping[str, Value]) -> dict[str, Value]:
        """What goes into each field."""
        said: dict[str, Value] = dict(self.fixed)
        for field, line in self.lines.items():
            said[field] = words.get(line, "") if isinstance(line, str) else line.render(words)
        return said


@dataclass(frozen=True, slots=True)
class SmsText:
    """A text message."""

    name: str
    template: Template

    def render(self, words: Mapping[str, Value]) -> str:
        """The whole text, cut where it would become too long."""
        text = " ".join(self.template.render(words).split())
        return text[: SMS_LIMIT * SMS_PARTS]


@dataclass(frozen=True, slots=True)
class Texts:
    """Every file, by its name."""

    wechat: Mapping[str, WechatText]
    official: Mapping[str, WechatText]
    sms: Mapping[str, SmsText]


def read(folder: Path = FOLDER) -> Texts:
    """All files. Raises Wrong with the file, the field and what to do."""
    wechat, official = (
        {file.stem: _wechat(file, channel) for file in sorted((folder / channel).glob("*.j2"))}
        for channel in ("wechat", "official")
    )
    sms = {file.stem: _sms(file) for file in sorted((folder / "sms").glob("*.j2"))}
    return Texts(MappingProxyType(wechat), MappingProxyType(official), MappingProxyType(sms))


@cache
def texts() -> Texts:
    """The house's own, read once, each topic's file among them. Raises Wrong."""
    found = read()
    for name, topic in topics().items():
        for channel, files, own in (
            ("wechat", found.wechat, topic.wechat),
            ("official", found.official, topic.official),
            ("sms", found.sms, topic.sms),
        ):
            if channel in topic.channels and (own or name) not in files:
                raise Wrong(f"topics.toml: {name}: 没有 messages/{channel}/{own or name}.j2")
    return found


def check_granted(granted: Catalogue, *, official: bool = False) -> None:
    """What WeChat's back office granted has the fields our files fill. Raises Wrong."""
    setting = "WECHAT_OFFICIAL_TEMPLATES" if official else "WECHAT_TEMPLATES"
    channel, files = ("official", texts().official) if official else ("wechat", texts().wechat)
    for name, template in granted.topics.items():
        text = files.get(name)
        for word, field in template.fields.items() if text else ():
            ours = text.kinds.get(word) if text else None
            if ours != kind_of(field):
                raise Wrong(
                    f"{setting}: {name}: 字段 {word} 在微信后台是 {kind_of(field)},"
                    f"messages/{channel}/{name}.j2 里是 {ours or '没有'}"
                )


def _split(file: Path, channel: str) -> tuple[dict[str, Any], str]:
    text, where = file.read_text(), f"messages/{channel}/{file.name}"
    if not text.startswith(_HEAD) or _HEAD not in text[len(_HEAD) :]:
        raise Wrong(f"{where}: 开头要有两行 --- 围住的说明")
    head, _, body = text[len(_HEAD) :].partition(_HEAD)
    try:
        found = tomllib.loads(head)
    except tomllib.TOMLDecodeError as problem:
        raise Wrong(f"{where}: {problem}") from None
    if found.get("channel") != channel:
        raise Wrong(f'{where}: 应写 channel = "{channel}"')
    return found, body


def _wechat(file: Path, channel: str) -> WechatText:
    head, body = _split(file, channel)
    where = f"messages/{channel}/{file.name}"
    kinds: dict[str, str] = head.get("fields", {})
    lines: dict[str, str | Template] = {}
    fixed: dict[str, str] = {}
    for line in filter(None, map(str.strip, body.splitlines())):
        field, _, source = line.partition(":")
        if field not in kinds:
            raise Wrong(f"{where}: 字段 {field} 没有写在 [fields] 里")
        if channel == "official" and kinds[field] not in OFFICIAL_KINDS:
            raise Wrong(f"{where}: 字段 {field} 的类型 {kinds[field]} 公众号的模板消息没有")
        said = _line(where, field, kinds[field], source.strip())
        if isinstance(said, Template) and not _speaks_of(source):
            fixed[field] = said.render()
        else:
            lines[field] = said
    if missing := kinds.keys() - lines.keys() - fixed.keys():
        raise Wrong(f"{where}: 字段 {'、'.join(sorted(missing))} 没有内容")
    return WechatText(file.stem, kinds, lines, fixed)


def _line(where: str, field: str, kind: str, source: str) -> str | Template:
    if kind not in LIMITS:
        raise Wrong(f"{where}: 字段 {field} 的类型 {kind} 不是微信的类型")
    tree = _parsed(where, source)
    fixed = sum(width(part.data) for part in tree.find_all(nodes.TemplateData))
    most = LIMITS[kind]
    if most is not None and fixed > most:
        raise Wrong(
            f"{where}: 字段 {field} 是 {kind},微信最多收 {most} 个字,固定文字已有 {fixed} 个,请改短"
        )
    single = _single(tree)
    if most is None and single is None:
        raise Wrong(f"{where}: 字段 {field} 是 {kind},只能是一个词,如 {{{{ at }}}}")
    return single or _environment.from_string(source)


def _single(tree: nodes.Template) -> str | None:
    """The word's name when the line is that word and nothing else: it needs no rendering."""
    match tree.body:
        case [nodes.Output(nodes=[nodes.Name(name=str(name))])]:
            return name
    return None


def _speaks_of(source: str) -> bool:
    """Whether a line has anything but text in it."""
    return any(sign in source for sign in ("{{", "{%", "{#"))


def _sms(file: Path) -> SmsText:
    _, body = _split(file, "sms")
    where = f"messages/sms/{file.name}"
    tree = _parsed(where, body)
    fixed = sum(len(part.data.strip()) for part in tree.find_all(nodes.TemplateData))
    if fixed > SMS_LIMIT:
        raise Wrong(f"{where}: 固定文字有 {fixed} 个字,短信请不要超过 {SMS_LIMIT} 个")
    return SmsText(file.stem, _environment.from_string(body))


def _parsed(where: str, source: str) -> nodes.Template:
    try:
        return _environment.parse(source)
    except TemplateSyntaxError as problem:
        raise Wrong(f"{where}: {problem.message}") from None
