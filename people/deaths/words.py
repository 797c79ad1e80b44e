"""How a death is said on pages, plainly."""

from typing import Final

from people.deaths.models import Ground
from people.deaths.states import Status

GROUNDS: Final = {
    Ground.CERTIFICATE: "居民死亡医学证明(推断)书",
    Ground.REGISTER: "公安机关的户口注销证明",
    Ground.COURT: "人民法院宣告死亡的判决",
}
STATUS: Final = {
    Status.PROPOSED: ("waiting", "听说去世,还没有凭证"),
    Status.RECORDED: ("neutral", "已登记去世"),
    Status.DISMISSED: ("returned", "核实过,没有去世"),
    Status.CORRECTED: ("neutral", "已更正"),
    Status.UNDONE: ("returned", "登记错了,已撤销"),
}
"""Badge and word."""
FOLLOWS: Final = (
    "不再提醒、推送和打电话,没处理完的危急值不再响",
    "随访和管理全部结案",
    "家庭医生签约结束",
    "还没到的预约取消,付过的钱原路退回",
    "不能再替他(她)预约、签约;家人原来能看的病历仍然能看",
)
"""What will happen, said before it does."""
STAYS_ENDED: Final = "已经结束的签约、管理、危急值和取消的预约不会自动恢复,需要的请重新办理。"
DECEASED: Final = "这位居民已登记去世,不能再办理。家人仍可以查看病历;登记有误的,请到村卫生室更正。"
