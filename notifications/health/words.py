"""How channels, topics and codes are said to the operator, and what to do about each."""

from datetime import timedelta
from typing import Final

CHANNELS: Final[dict[str, str]] = {
    "wechat": "微信订阅消息",
    "official": "公众号",
    "sms": "短信",
    "phone": "打电话",
}
CODES: Final[dict[str, tuple[str, str]]] = {
    "wechat_no_credit": ("居民没有同意接收", "居民在小程序里点“接收提醒”以后才能发。"),
    "wechat_service_muted": ("居民在微信里关了", "居民自己的决定,不用处理。"),
    "wechat_not_following": ("居民没有关注公众号", "请居民关注本院公众号。"),
    "wechat_no_template": ("没有申请模板", "到微信公众平台申请,再写进 WECHAT_TEMPLATES。"),
    "wechat_user_unknown": ("微信号已经不在", "不用处理,会走下一个渠道。"),
    "wechat_user_blocked": ("微信号有风险被限制", "不用处理,会走下一个渠道。"),
    "wechat_message_field": (
        "模板字段不符",
        "微信后台的模板改过了。核对 WECHAT_TEMPLATES 和模板内容,改好后重启。",
    ),
    "wechat_template_unknown": (
        "模板编号不对",
        "模板在微信后台被删或换了。核对 WECHAT_TEMPLATES,改好后重启。",
    ),
    "wechat_template_banned": ("模板被微信停用", "到微信公众平台看原因,恢复以后再发。"),
    "wechat_page": ("点开的页面不对", "小程序还没有这个页面。发布以后再发。"),
    "wechat_official_off": ("没有开通公众号", "设置好公众号以后才能发。"),
    "deceased": ("居民已去世", "不再打电话。"),
    "wechat_off": ("没有开通小程序", "设置好小程序以后才能发。"),
    "wechat_busy": ("微信忙", "过一会儿会自己好。"),
    "wechat_quota": ("今天的次数用完", "到微信公众平台申请提高次数。"),
    "wechat_too_fast": ("发得太快", "调小 MESSAGE_WECHAT_PER_SECOND。"),
    "wechat_refused": (
        "微信不认我们",
        "多半是密钥换了、服务器地址不在白名单、模板被删。看日志里的 errcode,改好设置再发。",
    ),
    "wechat_unreachable": ("连不上微信", "检查服务器的网络和防火墙。"),
    "sms_number": ("没有这个号码", "请村医在居民档案里改电话。"),
    "sms_blocked": ("居民退订了短信", "居民自己的决定,不用处理。"),
    "sms_text": ("短信文字没有通过审核", "请短信服务商审核文字,通过以后再发。"),
    "sms_unreachable": ("手机没有收到", "关机或停机,不用处理。"),
    "sms_off": ("没有开通短信", "设置 SMS_URL 和 SMS_SECRET 以后才能发。"),
    "sms_busy": ("短信通道忙", "问短信服务商,好了以后再发。"),
    "sms_silent": ("短信通道没有回应", "检查 SMS_URL、密钥和网络,通了以后再发。"),
    "no_phone": ("没有手机号", "请居民登记手机号。"),
    "switched_off": ("居民关了这类提醒", "居民自己的决定,不用处理。"),
    "account_closed": ("居民注销了账号", "不用处理。"),
    "killed": ("程序中断,没有听到结果", "不重发,免得发两次。"),
    "not_heard_of": ("确认没有发出,已重新发", "不用处理。"),
    "not_begun": ("程序停止前没有发,已重新发", "不用处理。"),
}
TOPICS: Final[dict[str, str]] = {
    "appointment_booked": "预约成功",
    "appointment_reminder": "就诊前一天提醒",
    "appointment_changed": "预约有变",
    "slot_offer": "候补到号",
    "appointment_changed_now": "预约有变,马上要去看",
    "line_ended": "候补的那天停诊",
    "slot_offer_now": "候补到号,马上要去看",
    "queue_call": "叫号",
    "visit_called": "医生请进诊室",
    "visit_finished": "复诊结束",
    "visit_terminated": "复诊终止",
    "visit_not_happened": "复诊没有做成",
    "visit_note_changed": "病历有更正",
    "visit_place_kept": "下次的号留好了",
    "referral_proposed": "建议转诊",
    "referral_accepted": "转诊已接收",
    "referral_declined": "转诊没有接收",
    "referral_closed": "转诊结束",
    "referral_cancelled": "转诊取消",
    "referral_expired": "转诊过期",
    "complaint_accepted": "投诉已受理",
    "complaint_answered": "投诉有答复",
    "refund": "退款到账",
    "payment_due": "还没有付款",
    "prescription_approved": "处方通过",
    "prescription_rejected": "处方没有通过",
    "prescription_expiring": "处方快过期",
    "prescription_agreement": "长期处方要确认",
    "drugs_ready": "药配好了",
    "drugs_waiting": "药等着取",
    "drugs_stopped": "药停发",
    "delivery": "送药进度",
    "record_opened": "病历被查看",
    "record_opening_reviewed": "紧急查看已核查",
    "proxy_opened": "有人可以代办",
    "contract_asked": "签约申请",
    "contract_reviewed": "签约审核",
    "contract_to_pay": "签约要付款",
    "contract_begun": "签约生效",
    "contract_refused": "签约没有通过",
    "contract_lapsed": "签约失效",
    "contract_ended": "签约结束",
    "contract_renewal": "签约要续",
    "contract_service": "签约服务完成",
    "health_article": "健康知识",
    "family_visit": "家庭医生要来",
    "family_late": "随访没有做成",
    "immunization_due": "孩子该打疫苗了",
    "immunization_late": "疫苗过期没打",
    "home_reading": "该量血压血糖了",
    "team_visit": "签约医生上门安排",
    "team_wrote": "家庭医生团队来信",
    "staff_alert_team": "危急值叫团队(员工)",
    "staff_alert_doctor": "危急值叫责任医生(员工)",
    "staff_alert_duty": "危急值叫县医院(员工)",
    "staff_consultation": "急会诊叫专家(员工)",
    "staff_prescription": "处方退回(员工)",
}
UNKNOWN: Final = ("其他原因", "看日志里的 message_not_sent。")


def channel(name: str) -> str:
    """短信."""
    return CHANNELS.get(name, name)


def why(code: str) -> str:
    """A code as a few words."""
    return CODES.get(code, UNKNOWN)[0] if not code.isdecimal() else f"微信事后说没送到({code})"


def advice(code: str) -> str:
    """What the operator does about it."""
    return CODES.get(code, UNKNOWN)[1]


def how_long(late: timedelta) -> str:
    """3 分钟."""
    minutes = int(late.total_seconds()) // 60
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 120:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"


def topic(name: str) -> str:
    """What a topic is about; one that nobody has named yet says its own name."""
    return TOPICS.get(name, name)
