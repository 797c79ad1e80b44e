// The agreement as a PDF, once both have signed.

import { get, post } from "../api.js";
import { priceWords } from "../family-doctor.js";
import { paperScreen } from "../paper.js";
import { notice } from "../parts.js";

export default async function paper({ params, signal, again }) {
  const back = "family-doctor";
  const one = await get(`/contracts/${params.id}`, { signal, again: true });
  if (!one.can.includes("paper")) return { title: "签约协议", otherwise: back, body: notice("双方都签字以后才有正式的协议。", "waiting") };
  const made = await post(`/contracts/${params.id}/paper`, {}, { signal });
  return paperScreen(made, {
    title: "签约协议(PDF)",
    word: "协议",
    back,
    heading: "家庭医生签约服务协议",
    rows: [
      ["居民", one.patient_name],
      ["团队", one.team.name],
      ["编号", one.number],
      ["费用", priceWords(one)],
    ],
    said: "和机构存的那一份一样,有责任医生的电子签名。别人用下面的验证码能查真假、查还有没有效。",
    again,
  });
}
