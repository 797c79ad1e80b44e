// The referral note: one page to show to the next doctor, or to read out.

import { get, now } from "../api.js";
import { h } from "../dom.js";
import { facts, notice } from "../parts.js";
import { when } from "../words.js";

export default async function referral({ params, signal }) {
  const note = await get(`/encounters/${params.id}/referral`, { signal });
  return {
    title: "转诊说明",
    otherwise: `visits/${params.id}`,
    body: [
      notice("到了医院,把这一页给接诊的医生看。"),
      h(
        "section",
        { class: "card", "data-testid": "referral" },
        facts([
          ["病人", note.patient],
          ["从哪里来", `${note.organization} ${note.doctor}(在线复诊)`],
          ["什么时候", when(note.at, now())],
          ["复诊什么", note.condition],
          ["已有的诊断", note.diagnoses.join(";")],
          ["病人说的", [note.complaint, ...note.answers].filter(Boolean).join(";")],
          ["为什么转", note.reason],
          ["医生的判断", note.finding],
          ["对病人说的", note.guidance],
          ["建议去", note.guided_to],
        ]),
      ),
      note.signed.length > 0 && h("section", { class: "card" }, h("h2", {}, "病历(医生已签名)"), facts(note.signed)),
    ],
  };
}
