"""Who opened my record, in the resident's words: on what ground, and what was looked at.

The grounds and actions are those that the packages below write into the audit trail; an action
that nobody named yet is still listed, as handling of the record.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from mini_program_api.schemas.openings import EmergencyOut, GroundOut, RecordAccessOut
from people.models import ReviewVerdict
from people.openings import Act, Opening

GROUNDS: Final[Mapping[str, str]] = {
    "emergency": "紧急打开(来不及等您同意)",
    "own": "您的健康档案由这家机构管理",
    "team": "您签约的家庭医生团队",
    "visit": "您去看病(门诊或在线复诊)",
    "consultation": "医生为您请了会诊",
    "referral": "给您转诊",
    "presented": "您出示了证件或健康卡",
    "prescription": "药师审核您的处方",
    "partner": "这家机构的信息系统来取资料",
    "review": "检查别人为什么看您的档案",
    "work": "给您办事(建档、挂号、签到、收费)",
}
"""Code and sentence, the weightiest first."""
BY_ACTION: Final[tuple[tuple[str, str, str], ...]] = (
    ("emergency_access.review", "review", "看了紧急打开的经过"),
    ("emergency_access", "emergency", "看了病历"),
    ("open_patient", "", "看了病历"),
    ("open_by_document", "presented", "用证件找到了档案"),
    ("find_patient", "work", "查找了档案"),
    ("disclose_", "", "看了完整的证件号或手机号"),
    ("vitals.", "", "记了测量"),
    ("record.", "", "写了或改了病历"),
    ("laboratory.read", "", "看了化验结果"),
    ("laboratory.", "", "记了或改了化验结果"),
    ("attachment.add", "", "传了图片和资料"),
    ("attachment.", "", "看了图片和资料"),
    ("document.read", "", "看了文书"),
    ("document.", "", "存了文书"),
    ("consent.", "", "办了知情同意书"),
    ("encounter.", "visit", "在线复诊"),
    ("note.", "", "写了或看了复诊病历"),
    ("prescription.", "visit", "开了、审了或看了处方"),
    ("consultation.", "consultation", "会诊"),
    ("decoction.", "prescription", "按处方代煎中药"),
    ("team.talk", "team", "和您在线沟通"),
    ("team.", "team", "家庭医生团队看了或办了您的事"),
    ("alert.", "team", "处理了您在家测到的危急值"),
    ("device_message.", "", "看了或处理了设备发来的读数"),
    ("device.", "work", "借给您设备、收回设备,或者用设备给您量"),
    ("follow_up.", "team", "做了随访"),
    ("task.", "team", "办了随访"),
    ("care_plan.", "team", "办了慢病和体检管理"),
    ("immunization.", "team", "记了打疫苗或者对了接种证"),
    ("contract.", "work", "办了家庭医生签约"),
    ("referral.", "referral", "看了或办了转诊"),
    ("chat.file.read", "", "看了聊天里的图片、资料或语音"),
    ("recording.view", "", "看了录像"),
    ("prescription_review.", "prescription", "审核了处方"),
    ("prescription_appraisal.", "prescription", "点评了处方"),
    ("fhir.", "partner", "取了病历资料"),
    ("health_card.scan", "presented", "扫了健康卡"),
    ("health_card.", "work", "办了健康卡"),
    ("appointment.", "work", "办了预约、签到或叫号"),
    ("waiting.", "work", "办了候补"),
    ("no_show.", "work", "办了爽约申诉"),
    ("counter.", "work", "在窗口查了您的预约"),
    ("cash.", "work", "收了费或退了费"),
    ("payment.", "work", "收了费或退了费"),
    ("refund.", "work", "收了费或退了费"),
    ("bond.", "work", "办了微信代办"),
    ("dispense.", "work", "配药、核对或发药"),
    ("medication_order.", "work", "办了药费或取药"),
    ("complaint.", "work", "处理了投诉"),
    ("death.", "work", "登记或核实去世"),
    ("patient.", "work", "核对了重复的档案"),
)
"""How an action begins, the ground it stands on by itself, and what was done. First fit counts."""
OTHER: Final = "办了您的档案"
ASKING: Final = (
    "有不明白的,打这家机构的电话问。觉得谁不该看,可以请机构查清楚告诉您,也可以投诉;"
    "说不清的,打 12345 向卫生健康部门反映。"
)
REVIEWS: Final[Mapping[ReviewVerdict | None, str]] = {
    None: "还在核查",
    ReviewVerdict.JUSTIFIED: "核查过了,理由成立",
    ReviewVerdict.UNJUSTIFIED: "核查过了,理由不成立",
}


def shown(opening: Opening) -> RecordAccessOut:
    """One sitting as the contract names it."""
    return RecordAccessOut(
        began_at=opening.began_at,
        ended_at=opening.ended_at,
        name=opening.name,
        role=opening.role,
        organization_name=opening.organization,
        organization_phone=opening.phone,
        grounds=[GroundOut(code=code, name=GROUNDS[code]) for code in grounds_of(opening.acts)],
        what=list(dict.fromkeys(_of(act)[1] for act in reversed(opening.acts))),
        emergencies=[
            EmergencyOut(
                reason=one.reason,
                review=one.verdict.value if one.verdict else "pending",
                review_name=REVIEWS[one.verdict],
            )
            for one in reversed(opening.emergencies)
        ],
    )


def grounds_of(acts: Iterable[Act]) -> list[str]:
    """Why this was allowed, the weightiest first; work when nothing else is known."""
    found = {_of(act)[0] for act in acts} - {""}
    return [code for code in GROUNDS if code in found] or ["work"]


def _of(act: Act) -> tuple[str, str]:
    for begins, ground, what in BY_ACTION:
        if act.action.startswith(begins):
            return ground or (act.basis if act.basis in GROUNDS else ""), what
    return "", OTHER
