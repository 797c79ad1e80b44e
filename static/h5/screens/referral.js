// One referral: where to and why, yes or no, what the other house says, what came of it. While
// somebody is waited for the page asks by itself.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { keepAsking } from "../live.js";
import { actButton, badge, facts, fold, linkButton, nextStep, notice } from "../parts.js";
import { agreementTexts, reading } from "../reading.js";
import { kept } from "../visit-ending.js";
import { when } from "../words.js";

const EVERY_MS = 10_000;
const LOOKS = {
  proposed: "urgent",
  submitted: "waiting",
  accepted: "progress",
  closed: "done",
  declined: "returned",
  cancelled: "neutral",
  expired: "returned",
};
const OVER = ["closed", "declined", "cancelled", "expired"];

export default async function referral({ params, signal, again }) {
  const path = `/referrals/${params.id}`;
  const one = await get(path, { signal, again: true });
  const text = one.status === "proposed" && (await agreementTexts(signal)).find((found) => found.needed_for === "referral");
  if (!OVER.includes(one.status)) watch(path, one, { signal, again });
  return {
    title: "转诊",
    otherwise: one.encounter_id ? `visits/${one.encounter_id}` : "inbox",
    onReturn: again,
    body: [
      head(one),
      one.answer && said(one.status === "declined" ? "为什么没有收" : "什么时候、到哪里去", one.answer, one.answered_by),
      one.outcome && said("那边医生的回复", one.outcome, one.answered_by),
      one.offered && kept(one.offered, one, again),
      text && h("section", { class: "card" }, h("p", { class: "when" }, text.title), reading(text.text)),
      about(one),
    ],
    foot: footOf(one, text, path, again),
  };
}

function head(one) {
  return h(
    "section",
    { class: one.status === "proposed" ? "card card--call" : "card", "data-testid": "referral-request", "data-status": one.status },
    h("p", {}, badge(one.status_name, LOOKS[one.status]), one.urgent && [" ", badge("尽快", "urgent")]),
    h("p", {}, h("b", {}, one.patient_name), " 转到"),
    h("p", { class: "when" }, `${one.organization_name} ${one.department_name}`),
    h("p", { class: "prewrap" }, one.reason),
    nextStep(one.next_step),
  );
}

const said = (title, words, by) =>
  h("section", { class: "card" }, h("h2", {}, title), h("p", { class: "prewrap" }, words), by && h("p", { class: "soft" }, by));

function about(one) {
  return fold(
    "这次转诊",
    facts([
      ["谁建议的", `${one.practitioner_name}(${one.from_organization_name})`],
      ["什么时候", when(one.proposed_at, now())],
      ["您同意", one.sent_at && when(one.sent_at, now())],
      ["对方最晚答复", one.answer_by && when(one.answer_by, now())],
      ["自动结束", one.sent_at && one.expires_at && when(one.expires_at, now())],
      ["结束", one.ended_at && when(one.ended_at, now())],
    ]),
    one.sent_at && !OVER.includes(one.status) && notice("现在对方科室的医生可以查看健康档案,结束后就不能再看。"),
    h("div", { class: "fields" }, [
      linkButton("谁看过病历", `family/${one.patient_id}/openings`),
      one.encounter_id && linkButton("转诊说明(给接诊医生看)", `visits/${one.encounter_id}/referral`),
    ]),
  );
}

function footOf(one, text, path, again) {
  const cancel = (words, busy) =>
    one.can.includes("cancel") &&
    actButton(
      words,
      async () => {
        await post(`${path}/cancellation`, {}, { act: `referral.cancel.${one.id}` });
        await again();
      },
      { kind: "quiet", busy },
    );
  if (text) return [agreeing(one, text, path, again), cancel("不转", "请稍候…")];
  if (one.status === "accepted" && !one.offered?.open) {
    const booked = one.offered?.status === "booked";
    return [!booked && linkButton("约这个科的号", `departments/${one.department_id}`, { kind: "primary" }), cancel("不去了,取消转诊", "正在取消…")];
  }
  return cancel("取消转诊", "正在取消…");
}

function agreeing(one, text, path, again) {
  return actButton(
    "我看完了,同意转诊",
    async () => {
      const body = { consents: [{ kind: text.kind, version: text.version }] };
      await post(`${path}/consent`, body, { act: `referral.consent.${one.id}` });
      await again();
    },
    { kind: "primary", busy: "正在发给对方…" },
  );
}

function watch(path, one, { signal, again }) {
  keepAsking(
    async () => {
      const fresh = await get(path, { signal, again: true });
      if (fresh.status === one.status && fresh.offered?.status === one.offered?.status) return true;
      again();
      return false;
    },
    { every: EVERY_MS, signal },
  );
}
