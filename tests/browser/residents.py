"""A resident with a phone-sized Chromium, and what they do on the pages at /h5/."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import ClientSession
from playwright.async_api import BrowserContext, Page, ViewportSize, expect

from booking import stopping
from booking.models import Schedule
from booking.schemas import ClosureIn
from core import clock
from tests.booking.conftest import new_schedule, new_slot
from tests.mini_program_api.phones import Phone, id_number
from tests.plumbing.actors import actor
from tests.plumbing.house import House

SMALL: Final = ViewportSize(width=360, height=740)
DOCTOR: Final = "county1"


async def soon(*, fee_fen: int = 1500, places: int = 2, **more: Any) -> tuple[Schedule, datetime]:
    """A clinic of county1 whose door is open already: it begins in half an hour."""
    schedule = await new_schedule(DOCTOR, fee_fen=fee_fen, **more)
    starts_at = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=30)
    await new_slot(schedule, starts_at, places=places)
    return schedule, starts_at


async def later(*, days: int = 3, fee_fen: int = 1500, places: int = 2) -> tuple[Schedule, Any]:
    """A clinic of county1 in some days, and its first time."""
    schedule = await new_schedule(DOCTOR, fee_fen=fee_fen)
    starts_at = (clock.now() + timedelta(days=days)).astimezone(clock.SHANGHAI)
    starts_at = starts_at.replace(hour=9, minute=0, second=0, microsecond=0)
    return schedule, await new_slot(schedule, starts_at, places=places)


async def stop(schedule: Schedule, *, until: datetime | None = None) -> None:
    """The outpatient office stops the doctor, for a day when nothing else is said."""
    ends_at = until or clock.now() + timedelta(days=1)
    entry = ClosureIn(starts_at=clock.now(), ends_at=ends_at, reason="医生外出抢救")
    await stopping.stop(await actor("scheduler1"), schedule.id, entry)


class Resident:
    """One WeChat user and their phone."""

    def __init__(self, house: House, context: BrowserContext, name: str) -> None:
        self.house, self.context, self.name = house, context, name
        self.page: Page

    async def open(self, path: str = "") -> None:
        """Go to a place, in a page of its own the first time."""
        if not hasattr(self, "page"):
            self.page = await self.context.new_page()
        await self.page.goto(f"{self.house.address}/h5/#/{path}")

    async def sign_in(self) -> None:
        """The demo's way: say who to be."""
        await self.open()
        await self.page.get_by_label("用别的名字登录").fill(self.name)
        await self.tap("用这个名字登录")

    async def arrive(self, session: ClientSession, name: str, number: str) -> Phone:
        """Be signed in and known by name already; the same account's API, for what goes before."""
        phone = Phone(session, self.house)
        await phone.sign_in(self.name)
        made = await phone.add(name, number, phone=f"137{number[6:14]}")
        assert made.status == 201, made.body
        phone.patient_id = made.body["id"]
        await self.carry(phone)
        await expect(self.page.get_by_text(f"{name}(本人)")).to_be_visible()
        return phone

    async def carry(self, phone: Phone) -> None:
        """Be the account of this API client; its home page opens."""
        await self.open()
        await self.heading("选择演示用户")
        await self.page.evaluate(
            """([token, account]) => {
              localStorage.setItem("doorstep.token", token);
              localStorage.setItem("doorstep.account", account);
            }""",
            [json.dumps(phone.token), json.dumps(phone.account_id)],
        )
        await self.open()

    async def tap(self, words: str, role: Any = "button", *, exact: bool = False) -> None:
        """Press what says this."""
        await self.page.get_by_role(role, name=words, exact=exact).first.click()

    async def follow(self, words: str) -> None:
        """Go where a link says."""
        await self.tap(words, "link")

    async def heading(self, words: str) -> None:
        """Wait for a screen by its title."""
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    async def fill_in(self, who: str, name: str, number: str, phone: str) -> None:
        """The form for somebody new; `who` is how the labels speak of them."""
        await self.page.get_by_label(f"{who}姓名").fill(name)
        await self.page.get_by_label("证件号码").fill(number)
        await self.page.get_by_label("手机号").fill(phone)
        await self.tap("下一步")

    async def agree(self) -> int:
        """Read and agree to each text by itself; how many there were."""
        heading = self.page.get_by_role("heading", level=1)
        await expect(heading).to_contain_text("说明 1 / ")
        count = int((await heading.inner_text()).split("/")[1])
        for number in range(1, count + 1):
            await self.heading(f"说明 {number} / {count}")
            await self.tap("我看完了,同意")
        return count

    async def add_self(self, name: str = "王桂英", sequence: int = 402) -> None:
        """From the welcome to the home page of somebody known."""
        await self.follow("添加我自己")
        await self.fill_in("您的", name, id_number("19600312", sequence), "13800000001")
        assert await self.agree() == 3
        await expect(self.page.get_by_text(f"{name}(本人)")).to_be_visible()

    async def choose_time(self, schedule: Schedule, starts_at: datetime) -> None:
        """From the home page to the page that asks for confirmation."""
        await self.follow("看医生")
        await self.follow("心内科")
        await self.follow(schedule.name)
        await self.page.locator("a.row-link", has_text="个号").first.click()
        await self.page.locator("a.slot", has_text=hour(starts_at)).click()
        await self.heading("确认预约")

    async def book_and_pay(self) -> None:
        """From the confirmation to the slip."""
        await self.tap("确认,去付 15.00元")
        await self.heading("付款")
        await expect(self.page.get_by_role("timer")).to_contain_text("号还给您留")
        await self.tap("微信支付 15.00元")
        await self.heading("演示收银台")
        await self.tap("确认付款")
        await self.heading("预约")
        await expect(self.page.get_by_text("已预约")).to_be_visible()


def hour(moment: datetime) -> str:
    """08:30, in the county."""
    return f"{moment.astimezone(clock.SHANGHAI):%H:%M}"
