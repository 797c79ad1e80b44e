/** One form to the server. Answers `{ kind }`: "saved" with `url`, "refused" (something has to be
    mended), "over" (plan or contract have ended), "signed-out", or "offline" when no answer came.
    Sending it again is harmless: the form carries its id. */
const PATIENCE_MS = 15000;
const OVER = new Set(["plan_over", "resident_not_found"]);
const LATER = new Set(["still_running"]);

async function sent(action, fields) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  try {
    return await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRF-Token": token },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return null;
  }
}

/** The code of a refusal in JSON; a page that shows the form once more has none. */
async function codeOf(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return "";
  const said = await answer.json().catch(() => ({}));
  return said.code ?? "";
}

export async function post(action, fields) {
  const answer = await sent(action, fields);
  if (!answer) return { kind: "offline" };
  const { pathname } = new URL(answer.url);
  if (answer.ok && pathname.startsWith("/follow-ups/records/")) return { kind: "saved", url: answer.url };
  if (answer.status === 401 || pathname.startsWith("/login")) return { kind: "signed-out" };
  if (answer.status >= 500) return { kind: "offline" };
  const code = await codeOf(answer);
  if (LATER.has(code)) return { kind: "offline" };
  return { kind: OVER.has(code) ? "over" : "refused" };
}

/** Hand a form in as a note for the record; whether the server has it. */
export async function handIn(action, fields) {
  const answer = await sent(action.replace(/\/records$/, "/notes"), fields);
  return answer?.status === 204;
}
