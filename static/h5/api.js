// The resident API and nothing else. Says apart: refused (a sentence for the person), no line,
// and left (the person went to another screen meanwhile).

import { lasting, passing } from "./keep.js";

const BASE = "/api/mp/v1";
const PATIENCE_MS = 25_000;
const UPLOAD_MS = 120_000; // a photograph or a voice over a village line
const STILL_RUNNING_MS = 20_000; // longer than a killed process holds on to an act
const tags = new Map(); // address -> {etag, value} of what is asked again and again
let skew = 0; // how far this phone's clock is off

/** The server said no. `code` is for us, `detail` for the person. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || "请稍后再试一次。");
    this.sentences = (problem.errors ?? []).map((error) => error.message).join("");
    this.status = status;
    this.code = problem.code ?? `http_${status}`;
    this.title = problem.title ?? "没有办成";
    this.errors = problem.errors ?? [];
    this.number = problem.request_id ?? "";
    this.problem = problem;
  }
}

/** Nothing came back: no signal, or much too slow. Whether it arrived there is not known. */
export class NoLine extends Error {
  constructor() {
    super("网络不通或者太慢。请看看手机信号,再试一次。");
  }
}

/** The time by the server's clock, in milliseconds. */
export const now = () => Date.now() + skew;

export const token = () => lasting.read("token");

/** GET; with `again` an unchanged answer travels without its body. */
export const get = (path, options = {}) => call("GET", path, options);

/** POST, JSON or a form with a file. `act` names what the person means to do: repeats of one act are one act. */
export const post = (path, body = {}, options = {}) => call("POST", path, { ...options, body });

export const put = (path, body = {}, options = {}) => call("PUT", path, { ...options, body });

export const remove = (path, options = {}) => call("DELETE", path, options);

async function call(method, path, { body, query, signal, act, place, again = false } = {}) {
  const address = BASE + path + wordsOf(query);
  const known = again ? tags.get(address) : undefined;
  const asked = {
    method,
    headers: headersOf({ body, act, known, place }),
    body: body === undefined || isForm(body) ? body : JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
  };
  const { answer, value } = await settled(address, signal, asked);
  if (answer.status === 304 && known) return known.value;
  if (!answer.ok) throw refusal(answer, value, act);
  if (act) passing.forget(`act.${act}`);
  if (again && answer.headers.get("ETag")) {
    tags.set(address, { etag: answer.headers.get("ETag"), value });
  }
  return value;
}

const isForm = (body) => body instanceof FormData;

/** The answer; while the first attempt of this act still runs there, ask for it again. */
async function settled(address, signal, asked) {
  const until = Date.now() + STILL_RUNNING_MS;
  for (;;) {
    const answer = await send(address, signal, asked);
    const value = answer.status === 304 ? null : await read(answer);
    if (value?.code !== "still_running" || Date.now() > until) return { answer, value };
    await pause(1000 * (Number(answer.headers.get("Retry-After")) || 2), signal);
  }
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const left = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal?.aborted) left();
    signal?.addEventListener("abort", left, { once: true });
  });
}

function wordsOf(query = {}) {
  const given = Object.entries(query).filter(([, value]) => value || value === 0);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** `place` is the key of somebody without an account, who came by a link. */
function headersOf({ body, act, known, place }) {
  const headers = { Accept: "application/json" };
  if (place) headers["Guest-Key"] = place;
  else if (token()) headers.Authorization = `Bearer ${token()}`;
  if (body !== undefined && !isForm(body)) headers["Content-Type"] = "application/json";
  if (act) headers["Idempotency-Key"] = keyOf(act);
  if (known) headers["If-None-Match"] = known.etag;
  return headers;
}

/** The same act keeps its key until an answer came, through reloads and dead lines. */
function keyOf(act) {
  const kept = passing.read(`act.${act}`);
  if (kept) return kept;
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  passing.write(`act.${act}`, key);
  return key;
}

async function send(address, signal, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), isForm(options.body) ? UPLOAD_MS : PATIENCE_MS);
  const leave = () => patience.abort();
  signal?.addEventListener("abort", leave);
  try {
    const answer = await fetch(address, { ...options, signal: patience.signal });
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (date && Math.abs(date - Date.now()) > 5000) skew = date - Date.now();
    return answer;
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new NoLine();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", leave);
  }
}

async function read(answer) {
  if (answer.status === 204) return null;
  try {
    return await answer.json();
  } catch {
    if (answer.ok) throw new NoLine(); // cut off on the way
    return {};
  }
}

function refusal(answer, value, act) {
  // A first attempt that still runs keeps its key; any other refusal may be mended and sent anew.
  if (act && answer.status < 500 && value.code !== "still_running") passing.forget(`act.${act}`);
  const problem = new Refused(answer.status, value);
  const wait = Number(answer.headers.get("Retry-After"));
  if (wait) problem.wait = wait;
  if (value.code === "agreements_outdated") {
    document.dispatchEvent(new CustomEvent("agreements-owed"));
  }
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("signed-out"));
  return problem;
}
