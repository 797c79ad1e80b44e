// What is known of money that may be on its way. Only the appointment's state counts, whatever the
// cashier said; where nothing was said, WeChat is asked through the server.

import { get, post, Refused } from "./api.js";
import { passing } from "./keep.js";

const LOOKS = 3; // after a return without a word; then the person decides
const BETWEEN_MS = 1500;

/** The cashier was opened; nobody has said yet what came of it. */
export const cashierOpened = (id) => passing.write(`asked.${id}`, true);

/** Whether a cashier was opened here from which no word has come. */
export const cashierIsSilent = (id) => Boolean(passing.read(`asked.${id}`));

/** The cashier has spoken, or the person says that nothing was paid. */
export const cashierSpoke = (id) => passing.forget(`asked.${id}`);

/** The appointment after WeChat was asked. The place is theirs a moment after WeChat's answer. */
export async function askWeChat(id, signal) {
  await post(`/appointments/${id}/payment-check`, {}, { signal });
  return get(`/appointments/${id}`, { signal, again: true });
}

/** Ask a few times; true as soon as the appointment is no longer merely held. */
export async function foundOut(id, signal) {
  for (let look = 0; look < LOOKS && !signal.aborted; look += 1) {
    const visit = await askWeChat(id, signal).catch(unlessLeft);
    if (visit && visit.status !== "held") return true;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return false;
}

/** WeChat may not answer just now; the next look may. */
function unlessLeft(problem) {
  if (problem.name === "AbortError" || (problem instanceof Refused && problem.status === 401)) throw problem;
  return null;
}
