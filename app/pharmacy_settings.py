"""What a house may decide about prescriptions, drugs and parcels, as environment variables."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from pharmacy.decoction import rules as decoctions
from pharmacy.delivery import rules as deliveries
from pharmacy.formulary import rules as formulary
from pharmacy.orders import policy as orders
from pharmacy.prescribing import policy as prescribing


class PharmacySettings(BaseSettings):
    """Part of `app.settings.Settings`; the review's are `app.review_settings`."""

    prescription_valid_days: int = Field(3, ge=1, le=3, description="what the form proposes")
    prescription_general_days: int = Field(7, ge=1, description="处方管理办法 art. 19")
    prescription_emergency_days: int = Field(3, ge=1, description="处方管理办法 art. 19")
    prescription_long_days: int = Field(28, ge=1, description="长期处方管理规范: 4 weeks")
    prescription_longest_days: int = Field(84, ge=1, description="长期处方管理规范: 12 weeks")
    prescription_fee: Literal["自费", "医保", "公费", "其他"] = Field(
        "自费", description="费别 that the form proposes"
    )
    prescription_child_years: int = Field(14, ge=1, description="whose paper is light green")
    screening_creatinine_days: int = Field(
        180, ge=1, description="how old a creatinine may be to dose by; no national number"
    )
    screening_rules_dir: Path | None = Field(
        None,
        description="own screening rules over the shipped ones (docs/howto/screening-rules.md)",
    )

    stock_promise_days: int = Field(1, ge=0, description="a lot lasts so long after it is promised")
    stock_near_days: int = Field(91, ge=0, description="a lot is shown as near its end")

    order_pay_minutes: int = Field(30, ge=1, le=24 * 60, description="drugs kept while unpaid")
    order_remind_days: int = Field(3, ge=1, description="drugs that lie ready and nobody fetches")
    order_unclaimed_days: int = Field(14, ge=2, description="then they go back on the shelf")
    order_unclaimed_refund: bool = Field(
        True, description="and are paid back by themselves; else the pharmacist decides"
    )
    dispense_self_check: bool = Field(
        False, description="a site with one pharmacist; two signatures instead of two people"
    )

    regions_file: Path | None = Field(
        None, description="townships and villages for addresses, a line `township: village, …`"
    )
    delivery_door_fen: int = Field(800, ge=0, description="carrying to the door; shown first")
    delivery_village_fen: int = Field(0, ge=0, description="with the batch to a village clinic")
    delivery_own_driver: bool = Field(False, description="cold drugs to the door, box and logger")
    delivery_resell: bool = Field(
        False, description="what never left controlled custody goes on the shelf again"
    )

    decoction_fee_fen: int = Field(300, ge=0, description="for each dose; a local price")
    decoction_soak_minutes: int = Field(30, ge=30, description="national text: at least 30")
    decoction_first_minutes: int = Field(15, ge=10, description="what is boiled before the rest")
    decoction_late_minutes: int = Field(5, ge=5, description="what goes in late, before the end")
    decoction_again_share: int = Field(75, ge=50, le=100, description="second boil, per cent")

    courier_skew_minutes: int = Field(5, ge=0, description="how far ahead its clock may be")
    courier_ask_minutes: int = Field(120, ge=5, description="when it says nothing by itself")
    cold_chain_minutes: int = Field(30, ge=0, description="out of 2-8 C altogether; GSP annex")

    def prescriptions(self) -> prescribing.Params:
        """What the institution has decided about prescriptions."""
        return prescribing.Params(
            valid_days=self.prescription_valid_days,
            general_days=self.prescription_general_days,
            emergency_days=self.prescription_emergency_days,
            long_days=self.prescription_long_days,
            longest_days=self.prescription_longest_days,
            child_years=self.prescription_child_years,
            fee=self.prescription_fee,
            creatinine_days=self.screening_creatinine_days,
        )

    def orders(self, *, courier: bool = False) -> orders.Params:
        """What the pharmacy department has decided about orders and dispensing."""
        return orders.Params(
            pay=timedelta(minutes=self.order_pay_minutes),
            self_check=self.dispense_self_check,
            remind=timedelta(days=self.order_remind_days),
            unclaimed=timedelta(days=self.order_unclaimed_days),
            unclaimed_refund=self.order_unclaimed_refund,
            decoction_fee_fen=self.decoction_fee_fen,
            door_fee_fen=self.delivery_door_fen,
            village_fee_fen=self.delivery_village_fen,
            courier=courier,
            own_driver=self.delivery_own_driver,
            resell=self.delivery_resell,
        )

    def stock(self) -> formulary.Params:
        """What the pharmacy has decided about lots."""
        return formulary.Params(
            promise_days=self.stock_promise_days, near_days=self.stock_near_days
        )

    def decoctions(self) -> decoctions.Params:
        """What the institution has decided about its decoction room."""
        return decoctions.Params(
            soak_min=self.decoction_soak_minutes,
            first_min=self.decoction_first_minutes,
            late_min=self.decoction_late_minutes,
            again_share=self.decoction_again_share,
        )

    def delivery(self) -> deliveries.Params:
        """What the institution has decided about parcels."""
        return deliveries.Params(
            skew=timedelta(minutes=self.courier_skew_minutes),
            warm=timedelta(minutes=self.cold_chain_minutes),
            ask=timedelta(minutes=self.courier_ask_minutes),
        )
