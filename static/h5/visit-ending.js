// How an online visit ended and what comes next: the doctor's words, a place that is kept, the
// referral, the money.

import { now, post } from "./api.js";
import { h } from "./dom.js";
import { actButton, linkButton, notice } from "./parts.js";
import { go } from "./router.js";
import { when, yuan } from "./words.js";

export function ending(found, again) {
  const { ending: end, note } = found;
  return [
    !(note && found.status === "finished" && !end.refund) && h(
      "section",
      { class: "card", "data-testid": "visit-ending" },
      end.reason && h("p", { class: "when" }, end.reason),
      end.advice && !note && [h("h2", {}, "医生的嘱咐"), h("p", { class: "prewrap" }, end.advice)],
      end.guidance && h("p", {}, end.guidance),
      end.guided_to && h("p", {}, h("b", {}, "建议去:"), end.guided_to),
      end.refund && h("p", { "data-testid": "visit-refund" }, end.refund),
    ),
    found.referral ? referralCard(found.referral) : end.offer === "referral" && referral(found),
    end.offered ? kept(end.offered, found, again) : end.kept_open && notice("正在帮您找一个号,请稍等…"),
  ];
}

/** A referral that was written: what becomes of it stands on its own screen. */
export function referralCard(one) {
  const asked = one.status === "proposed";
  return h(
    "section",
    { class: asked ? "card card--call" : "card", "data-testid": "visit-referral", "data-status": one.status },
    h("h2", {}, asked ? "医生建议您转诊" : "转诊"),
    h("p", { class: "when" }, one.target),
    h("p", {}, one.status_name),
    linkButton(asked ? "看一看,决定转不转" : "看转诊", `referrals/${one.id}`, { kind: asked ? "primary" : "" }),
  );
}

function referral(found) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, "转诊说明"),
    h("p", {}, "医生写好了您的情况。去医院时打开给那边的医生看。"),
    linkButton("打开转诊说明", `visits/${found.id}/referral`, { kind: "primary" }),
  );
}

/** The place: when, with whom, where, until when it is kept; one tap takes it. */
export function kept(place, found, again) {
  const act = { act: `take-up.${place.appointment_id}` };
  const take = async () => {
    const made = await post(`/appointments/${place.appointment_id}/acceptance`, {}, act);
    if (made.status === "held") go(`pay/${made.id}`);
    else await again();
  };
  const decline = async () => {
    await post(`/appointments/${place.appointment_id}/cancellation`, {}, { act: `let-go.${place.appointment_id}` });
    await again();
  };
  const cost = place.fee_fen ? `要这个号,去付 ${yuan(place.fee_fen)}` : "要这个号";
  return h(
    "section",
    { class: place.open ? "card card--call" : "card", "data-testid": "kept-place", "data-status": place.status, "data-complaints": true },
    h("h2", {}, place.online ? "另一个在线的时间" : "给您留的门诊号"),
    h("p", { class: "when" }, when(place.start, now())),
    h("p", {}, h("b", {}, found.patient_name), ` 看 ${place.practitioner_name} · ${place.department_name}`),
    h("p", { class: "soft" }, [place.organization_name, place.online ? "手机上看" : place.place].join(" ")),
    h("p", {}, place.sentence),
    place.open && [actButton(cost, take, { kind: "primary" }), actButton("不要这个号", decline, { kind: "quiet" })],
    place.status === "booked" && linkButton("看我的预约", `appointments/${place.appointment_id}`, { kind: "primary" }),
  );
}

/** One primary button a screen: the kept place has it while it waits for an answer. */
export function endingFoot(found, path, again) {
  const { offered, acknowledged } = found.ending;
  const kind = found.referral?.status === "proposed" || offered?.open || offered?.status === "booked" ? "" : "primary";
  if (found.status === "terminated" && !acknowledged) {
    const read = async () => {
      await post(`${path}/acknowledgement`, {}, { act: `visit.acknowledgement.${found.id}` });
      await again();
    };
    return actButton("我知道了", read, { kind });
  }
  if (found.status === "finished" || offered?.open || offered?.status === "booked") return false;
  return linkButton(found.status === "terminated" ? "约医院的门诊" : "重新约", "find", { kind });
}
