"""What residents are told about, and how: the catalogue in `topics.toml`."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from notifications import rules
from notifications.models import Channel
from notifications.policy import params

FILE: Final = Path(__file__).parent / "topics.toml"


class Group(StrEnum):
    """What is switched off together."""

    VISITS = "visits"
    MONEY = "money"
    DRUGS = "drugs"
    FAMILY = "family"
    LEARNING = "learning"
    PRIVACY = "privacy"
    STAFF = "staff"


RESIDENTS: Final = tuple(group for group in Group if group is not Group.STAFF)
"""What residents are told of. Staff have their duty phone's own switch."""
REQUIRED: Final = frozenset({Group.PRIVACY})
"""个人信息保护法 art. 44: who opened one's record or may act for one, one has a right to know."""


class Topic(BaseModel):
    """One kind of message. Without channels it lies in the inbox."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: Group = Group.VISITS
    channels: tuple[Channel, ...] = ()
    quiet: Literal["waits", "breaks"] = "waits"
    after_death: Literal["told", "silent"] = "told"
    wechat: Annotated[str, Field(pattern=r"^[a-z_]*$")] = ""
    official: Annotated[str, Field(pattern=r"^[a-z_]*$")] = ""
    sms: Annotated[str, Field(pattern=r"^[a-z_]*$")] = ""

    def after(self, channel: Channel | None) -> Channel | None:
        """The next channel of this house; the first one after None."""
        return rules.after(self.channels, channel, closed=params().closed)


class Wrong(ValueError):
    """The catalogue or a template cannot be used; the message says what to mend."""


_UNKNOWN: Final = Topic()


def read(file: Path = FILE) -> dict[str, Topic]:
    """The catalogue. Raises Wrong."""
    try:
        return TypeAdapter(dict[str, Topic]).validate_python(tomllib.loads(file.read_text()))
    except tomllib.TOMLDecodeError as problem:
        raise Wrong(f"{file.name}: {problem}") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Wrong(f"{file.name}: {where}: {first['msg']}") from None


@cache
def topics() -> MappingProxyType[str, Topic]:
    """The house's own, read once."""
    return MappingProxyType(read())


def topic(name: str) -> Topic:
    """The topic of that name; one that is not in the catalogue goes to the inbox alone."""
    return topics().get(name, _UNKNOWN)
