// The signed note as a PDF.

import { get, now, post } from "../api.js";
import { paperScreen } from "../paper.js";
import { notice } from "../parts.js";
import { when } from "../words.js";

export default async function paper({ params, signal, again }) {
  const back = `visits/${params.id}`;
  const visit = await get(`/encounters/${params.id}`, { signal, again: true });
  if (!visit.note) return { title: "病历", otherwise: back, body: notice("医生还没有签病历,签好了再来看。", "waiting") };
  const made = await post(`/encounters/${params.id}/paper`, {}, { signal });
  const { note } = visit;
  return paperScreen(made, {
    title: "病历(PDF)",
    word: "病历",
    back,
    heading: "门诊病历",
    rows: [
      ["病人", visit.patient_name],
      ["签名", `${note.signed_by}(${note.signed_organization})${when(note.signed_at, now())}`],
      ["第几版", made.version > 1 && `第 ${made.version} 版`],
    ],
    said: "和医院存的那一份一样,盖了电子章。别人可以用下面的验证码查真假。",
    again,
  });
}
