/* The name of this tab, and whether it was inside a room before a reload. */

/** A random name, kept over reconnects and new with each page load. */
export function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const key = (room) => `doorstep.inside.${room}`;

/** Remember being inside (or about to be), so that a reload comes back without the door. */
export function markInside(room, inside) {
  if (inside) sessionStorage.setItem(key(room), "1");
  else sessionStorage.removeItem(key(room));
}

export function wasInside(room) {
  return sessionStorage.getItem(key(room)) === "1";
}
