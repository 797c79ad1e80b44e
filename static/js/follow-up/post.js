/** One form to the server. Answers `{ kind }`: "saved" with `url`, "refused", "signed-out",
    or "offline" when no answer came. Sending it again is harmless: the form carries its id. */
const PATIENCE_MS = 15000;

export async function post(action, fields) {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  let answer;
  try {
    answer = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-CSRF-Token": token },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return { kind: "offline" };
  }
  const { pathname } = new URL(answer.url);
  if (answer.ok && pathname.startsWith("/follow-ups/records/")) return { kind: "saved", url: answer.url };
  if (answer.status === 401 || pathname.startsWith("/login")) return { kind: "signed-out" };
  if (answer.status >= 500) return { kind: "offline" };
  return { kind: "refused" };
}
