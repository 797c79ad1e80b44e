"""States, kinds and findings in the words of pages: (badge, words)."""

from typing import Final

from care.encounter.models import EvidenceSource, EvidenceType, Kind, Verdict
from care.encounter.states import ShiftStatus, Status

STATUS: Final[dict[Status, tuple[str, str]]] = {
    Status.PLANNED: ("waiting", "还没进候诊室"),
    Status.WAITING: ("waiting", "候诊中"),
    Status.AWAY: ("returned", "暂时离开"),
    Status.CALLED: ("urgent", "医生叫您了"),
    Status.IN_PROGRESS: ("progress", "看诊中"),
    Status.FINISHED: ("done", "已看完"),
    Status.TERMINATED: ("danger", "请到医院看"),
    Status.DID_NOT_HAPPEN: ("returned", "没有看成"),
    Status.CANCELLED: ("neutral", "已取消"),
}
AT_DESK: Final[dict[Status, tuple[str, str]]] = {
    **STATUS,
    Status.CALLED: ("urgent", "已叫号"),
    Status.TERMINATED: ("danger", "已终止"),
}
SHIFT: Final[dict[ShiftStatus, tuple[str, str]]] = {
    ShiftStatus.OPEN: ("progress", "接诊中"),
    ShiftStatus.PAUSED: ("waiting", "暂停一会儿"),
    ShiftStatus.AWAY: ("returned", "临时离开"),
    ShiftStatus.ENDED: ("neutral", "已下班"),
}
KINDS: Final[dict[Kind, str]] = {Kind.TEXT: "图文", Kind.VIDEO: "视频"}
VERDICTS: Final[dict[Verdict, str]] = {
    Verdict.ELIGIBLE: "符合复诊",
    Verdict.FIRST_VISIT: "属于首诊",
    Verdict.CHANGED: "病情有变化",
    Verdict.UNFIT: "其他不适合",
}
EVIDENCE: Final[dict[EvidenceType, str]] = {
    EvidenceType.OUTPATIENT_RECORD: "门诊病历",
    EvidenceType.INPATIENT_RECORD: "住院病历",
    EvidenceType.DISCHARGE_SUMMARY: "出院小结",
    EvidenceType.DIAGNOSIS_CERTIFICATE: "诊断证明",
}
SOURCES: Final[dict[EvidenceSource, str]] = {
    EvidenceSource.OWN_HIS: "本院记录",
    EvidenceSource.MEMBER_HIS: "县内其他机构记录",
    EvidenceSource.UPLOAD: "居民上传",
}
