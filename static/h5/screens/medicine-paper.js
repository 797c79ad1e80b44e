// 处方笺 as a PDF, once a pharmacist has let the prescription pass.

import { get, now, post } from "../api.js";
import { doctorWords } from "../medicine.js";
import { paperScreen } from "../paper.js";
import { notice } from "../parts.js";
import { when } from "../words.js";

export default async function paper({ params, signal, again }) {
  const back = `medicines/${params.id}`;
  const one = await get(`/medication-requests/${params.id}`, { signal, again: true });
  if (!one.drugs.length) return { title: "处方笺", otherwise: back, body: notice("药师审核通过以后才有处方笺。", "waiting") };
  const made = await post(`/medication-requests/${params.id}/paper`, {}, { signal });
  return paperScreen(made, {
    title: "处方笺(PDF)",
    word: "处方笺",
    back,
    heading: "处方笺",
    rows: [
      ["病人", one.patient_name],
      ["编号", one.number],
      ["医生", `${doctorWords(one)} ${when(one.signed_at, now())}`],
    ],
    said: "和医院存的那一份一样,有医生和药师的电子签名。别人用下面的验证码能查真假、查有没有用过。",
    again,
  });
}
