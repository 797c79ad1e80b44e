"""How the standing conversation is spoken of."""

from typing import Final

from family_doctor.policy import params
from family_doctor.talks import rules

NOTE: Final = "这里是健康咨询,不是看病:不下诊断、不开药。要看病,请约复诊。"
"""Said to both sides, above the conversation."""
BEGUN: Final = "对话开始了。团队里的人都看得到,说过的话保存三年。"
ENDED: Final = "签约结束了,这里只能看,不能再写。"
AGAIN: Final = "又签约了,可以接着说。"


def promise() -> str:
    """The line above it, as the house has set it."""
    return rules.promise(params().talk_days, params().talk_hours)
