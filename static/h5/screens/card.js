// The health card with its living code: a new one every 50 seconds, at once after the phone slept.

import { get, now, post } from "../api.js";
import { h } from "../dom.js";
import { everySecond } from "../live.js";
import { actButton, complain, empty, facts, fold, linkButton, nextStep, row, rows } from "../parts.js";
import { drawQr } from "../qr.js";
import { href } from "../router.js";
import { current, family, nameOf } from "../session.js";
import { isoDay } from "../words.js";

export default async function healthCard({ signal, again }) {
  const [patient, all] = await Promise.all([current(signal), family(signal)]);
  if (!patient) return nobody();
  const path = `/patients/${patient.id}/health-card`;
  const card = await post(path, {}, { signal });
  const code = h("div", { class: "center" });
  const word = h("p", { class: "center", role: "timer" });
  const living = { code, word, path, name: patient.name, signal };
  await renew(living);
  everySecond(() => turn(living), signal);
  return {
    title: "健康卡",
    onReturn: () => turn(living),
    body: [
      h("a", { class: "whose", href: href("family") }, h("b", {}, nameOf(patient)), h("span", {}, all.length > 1 ? "换人" : "家人")),
      h("section", { class: "card", "data-complaints": true }, code, word),
      nextStep("给工作人员扫这个码。扫不上就把手机屏幕调亮一点。"),
      h("section", { class: "card" }, facts([
        ["卡号", card.card_no],
        ["哪里能用", "县医院、乡镇卫生院、村卫生室都能用"],
        ["办卡日期", isoDay(card.issued_at)],
      ])),
      rows(
        row(`family/${patient.id}/laboratory`, "化验结果", "医生照着化验单录入的", { name: "sheet" }),
        row(`family/${patient.id}/openings`, "谁看过病历", "哪天、哪家机构的谁、为什么", { name: "eye" }),
      ),
      fold(
        "手机丢了,或者怕别人用",
        h("p", {}, "换一个新的卡号,旧的码马上不能用。看病记录不会丢。"),
        h("div", { "data-complaints": true }, actButton("挂失换新码", () => lose(path, again), { kind: "danger", busy: "正在换…" })),
      ),
    ],
  };
}

async function lose(path, again) {
  await post(`${path}/loss`, {}, { act: `loss.${path}` });
  await again();
}

async function renew(living) {
  const { path, name, signal } = living;
  living.asking = true;
  try {
    const fresh = await get(`${path}/code`, { signal });
    living.refreshAt = Date.parse(fresh.refresh_at);
    living.expiresAt = Date.parse(fresh.expires_at);
    living.code.replaceChildren(await drawQr(fresh.qr_text, `${name}的健康码`));
    living.failedAt = 0;
  } finally {
    living.asking = false;
  }
}

function turn(living) {
  const moment = now();
  const left = Math.max(0, Math.ceil((living.refreshAt - moment) / 1000));
  const gone = living.expiresAt <= moment;
  living.code.firstElementChild?.classList.toggle("qr--old", gone);
  living.word.textContent = gone ? "码过期了,正在换新的…" : `${left} 秒后自动换新码`;
  if (left > 0 || living.asking || moment - (living.failedAt || 0) < 4000) return;
  renew(living).catch((problem) => {
    living.failedAt = now();
    if (living.expiresAt <= now()) complain(living.word, problem);
  });
}

function nobody() {
  return {
    title: "健康卡",
    body: empty(
      "还没有健康卡",
      "先添加您自己,马上就有卡。",
      linkButton("添加我自己", "family/add/self", { kind: "primary" }),
    ),
  };
}
