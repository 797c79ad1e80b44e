// The doctors, rooms and devices of a department (`ID`), of a kind of it (`cardiology`) or of a
// house (`at.ID`).

import { get } from "../api.js";
import { doctorRow, remember } from "../clinic.js";
import { empty, linkButton, rows } from "../parts.js";

export default async function department({ params, signal }) {
  const found = await get("/practitioners", { signal, query: { ...asked(params.id), limit: 100 } });
  const doctors = remember(found.items);
  return {
    title: title(params.id, doctors[0]),
    otherwise: "find",
    body: doctors.length
      ? rows(...doctors.map(doctorRow))
      : empty(
          "这里现在没有可以预约的医生",
          "换一个科室看看,或者请村医帮您联系。",
          linkButton("看别的科室", "find"),
        ),
  };
}

function asked(id) {
  if (id.startsWith("at.")) return { organization_id: id.slice(3) };
  return id.includes(".") ? { department_id: id } : { department: id };
}

function title(id, first) {
  if (!first) return "选医生";
  return id.startsWith("at.") ? first.organization_name : first.department_name;
}
