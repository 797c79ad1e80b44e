// At the door: the sign's QR opens this page with `door`; else its eight signs are typed.

import { get, now, post } from "../api.js";
import { doorCamera, hasCamera } from "../camera.js";
import { h } from "../dom.js";
import { actButton, badge, box, empty, linkButton, nextStep, Told } from "../parts.js";
import { go } from "../router.js";
import { where, whom } from "../visit.js";
import { isoDay, when } from "../words.js";

export default async function checkIn({ query, signal }) {
  const { items } = await get("/appointments", { signal, query: { live: "true", limit: 30 } });
  const mine = items.filter((visit) => isNow(visit, query.visit)).reverse();
  const due = mine.filter((visit) => visit.status === "booked");
  const here = mine.find((visit) => visit.queue);
  if (!due.length && here) {
    go(`appointments/${here.id}`, { replace: true });
    return null;
  }
  if (!due.length) return nothing();
  const typed = !query.door && due.some((visit) => visit.service_type !== "online") && doorBox();
  const input = typed && typed.querySelector("input");
  const door = () => query.door ?? (input ? input.value.trim() : "");
  const foot = due.length === 1 && signButton(due[0], door);
  const found = (code) => {
    input.value = code;
    if (foot) foot.click();
    else document.querySelector("main .card button").focus();
  };
  return {
    title: "签到",
    otherwise: "appointments",
    body: [
      nextStep(query.door ? "看看是不是您的预约,是就点“签到”。" : "扫候诊区门口的签到码(用微信“扫一扫”也行);扫不了就把码下面的 8 位签到码填在这里。"),
      typed && hasCamera() && doorCamera(found, signal),
      typed,
      due.map((visit) => card(visit, due.length > 1 && door)),
    ],
    foot,
  };
}

/** Today's, and whose door is open already before midnight. */
function isNow(visit, wanted) {
  if (wanted) return visit.id === wanted;
  return isoDay(visit.start) === isoDay(now()) || Date.parse(visit.check_in_from) <= now();
}

function doorBox() {
  return box("door", "签到码", { maxlength: "12", autocapitalize: "characters", spellcheck: "false" });
}

function card(visit, door) {
  return h(
    "section",
    { class: "card", "data-complaints": true },
    badge(visit.status_name, "progress"),
    h("p", { class: "when" }, when(visit.start, now())),
    h("p", {}, h("b", {}, visit.patient_name), ` 看 ${whom(visit)}`),
    h("p", { class: "soft" }, where(visit)),
    door && signButton(visit, door),
  );
}

function signButton(visit, door) {
  const sign = async () => {
    const text = door();
    if (!text && visit.service_type !== "online") {
      document.getElementById("f-door")?.focus();
      throw new Told("请先扫门口的签到码,或者把 8 位签到码填上。");
    }
    await post(`/appointments/${visit.id}/check-in`, { door: text }, { act: `door.${visit.id}` });
    go(`appointments/${visit.id}`, { replace: true });
  };
  return actButton("我到了,签到", sign, { kind: "primary", busy: "正在签到…" });
}

function nothing() {
  return {
    title: "签到",
    body: empty(
      "今天没有要签到的预约",
      "看看是不是约的别的日子。没有约可以到窗口挂号。",
      linkButton("看我的预约", "appointments", { kind: "primary" }),
    ),
  };
}
