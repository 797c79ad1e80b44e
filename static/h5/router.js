// Addresses are hashes (`#/doctor/ID?day=…`): one page, real places. Back, forward and reload keep
// the place, and how far one had scrolled.

import { passing } from "./keep.js";

const SLOW_MS = 180;
let routes = [];
let draw = null;
let current = null; // {abort, onReturn}
const scrolls = passing.read("scrolls") ?? {};

/** `path` without its hash, for links. */
export const href = (path) => `#/${path}`;

/** Go on to a place; `replace` when one must not come back to this one. */
export function go(path, { replace = false } = {}) {
  if (replace) window.location.replace(href(path));
  else window.location.hash = `/${path}`;
}

/** Back within these pages, else to `otherwise`: a link from outside has nothing behind it. */
export function back(otherwise = "") {
  if (window.history.state?.depth > 0) window.history.back();
  else go(otherwise, { replace: true });
}

/** Where we are: the text after `#/`. */
export const here = () => window.location.hash.replace(/^#\/?/, "");

/** Find the screen of a place. Pure, given the table. */
export function match(table, text) {
  const [path, search = ""] = text.split("?");
  for (const [pattern, load] of table) {
    const names = [];
    const source = pattern.replace(/:(\w+)/g, (_, name) => names.push(name) && "([^/]+)");
    const found = new RegExp(`^${source}$`).exec(path);
    if (found) {
      const params = Object.fromEntries(names.map((name, at) => [name, found[at + 1]]));
      return { load, params, query: Object.fromEntries(new URLSearchParams(search)) };
    }
  }
  return null;
}

/** Begin. `artist` draws what a screen made: {waiting(), screen(made), failure(problem, again)}. */
export function start(table, artist) {
  routes = table;
  draw = artist;
  window.history.scrollRestoration = "manual";
  window.addEventListener("hashchange", () => enter());
  window.addEventListener("scroll", remember, { passive: true });
  window.addEventListener("pagehide", () => passing.write("scrolls", scrolls));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) current?.onReturn?.();
  });
  enter({ first: true });
}

/** Draw the same place anew, where the eye is. */
export function refresh() {
  return enter({ again: true });
}

let depth = 0;

function stamp() {
  const state = window.history.state;
  if (state?.key) {
    depth = state.depth;
    return state.key;
  }
  const key = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  depth = current ? depth + 1 : 0;
  window.history.replaceState({ key, depth }, "");
  return key;
}

function remember() {
  const key = window.history.state?.key;
  if (key && current?.shown) scrolls[key] = Math.round(window.scrollY);
}

async function enter({ first = false, again = false } = {}) {
  const key = stamp();
  const leaving = current;
  leaving?.abort.abort();
  const abort = new AbortController();
  const mine = { abort, shown: false };
  current = mine;
  const found = match(routes, here()) ?? match(routes, "missing");
  const slow = setTimeout(() => !again && draw.waiting(), first ? 0 : SLOW_MS);
  try {
    const screen = await found.load();
    const made = await screen.default({
      params: found.params,
      query: found.query,
      signal: abort.signal,
      again: refresh,
    });
    if (current !== mine) return;
    if (made === null) return; // the screen sent us elsewhere
    mine.onReturn = made.onReturn;
    draw.screen(made, { first, again });
  } catch (problem) {
    if (current !== mine || problem.name === "AbortError") return;
    draw.failure(problem, refresh);
  } finally {
    clearTimeout(slow);
  }
  mine.shown = true;
  if (!again) window.scrollTo(0, scrolls[key] ?? 0);
}
