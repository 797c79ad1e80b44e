// Voices and photographs on their way. They stay in the list until they are kept or given up, also when
// the screen is drawn anew; the server knows a repeat by its number.

import { post } from "./api.js";
import { pending } from "./bubble.js";
import { catchUp, toTheEnd, verbs } from "./conversation.js";
import { sentenceOf } from "./parts.js";

const left = new Map(); // path -> entries

/** A number of one's own for a message. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

const of = (state) => left.get(state.path) ?? left.set(state.path, new Set()).get(state.path);

/** Send `{to: "voice" | "files", blob, words, quote}`; it is in the list at once. */
export async function send(state, given) {
  const entry = { id: newId(), ...given };
  of(state).add(entry);
  draw(state, entry);
  toTheEnd();
  await hand(state, entry);
}

/** What was left over when the screen was drawn last. */
export function restore(state) {
  for (const entry of of(state)) draw(state, entry);
}

async function hand(state, entry) {
  const form = new FormData();
  form.set("client_id", entry.id);
  form.set("file", entry.blob, entry.words);
  if (entry.quote) form.set("quote_seq", entry.quote);
  entry.failure = "";
  draw(state, entry);
  try {
    await post(`${verbs(state)}/${entry.to}`, form, { place: state.place });
    of(state).delete(entry);
  } catch (problem) {
    entry.failure = sentenceOf(problem);
    draw(state, entry);
    return;
  }
  await catchUp(state).catch(() => null); // the next turn brings it
}

const lineOf = (state, { id }) => state.said.querySelector(`[data-client="${CSS.escape(id)}"]`);

function draw(state, entry) {
  const before = lineOf(state, entry);
  const line = pending(entry, {
    again: () => hand(state, entry),
    drop: () => {
      of(state).delete(entry);
      lineOf(state, entry)?.remove();
    },
  });
  if (before) before.replaceWith(line);
  else state.said.append(line);
}
