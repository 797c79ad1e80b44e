// Who is signed in, and whom they look after just now.

import { get, post, put, remove, token } from "./api.js";
import { lasting, passing } from "./keep.js";

let patients = null; // a promise: two who ask at once ask once
let me = null;

export const signedIn = () => Boolean(token());

/** Sign in with the one-time code that WeChat gave. */
export async function signIn(code, signal) {
  const answer = await post("/session", { code }, { signal });
  const before = lasting.read("account");
  const another = before !== null && before !== answer.account_id;
  if (another) {
    leave();
    passing.clear();
  }
  forgetCaches();
  passing.forget("expired");
  lasting.write("token", answer.token);
  lasting.write("account", answer.account_id);
  await readAccount(signal);
  if (another) startOver();
}

/** The page forgets what was typed, too. The address changes without `hashchange`, or the next
 * screen would be drawn twice. */
export function startOver(path = "") {
  window.history.replaceState(null, "", `#/${path}`);
  window.location.reload();
}

/** The session ran out: the same person comes back and finds everything as it was. */
export function expire() {
  if (token()) passing.write("expired", true);
  forgetCaches();
  lasting.forget("token");
}

/** The account as the server knows it; sets the size of letters on this phone. */
export async function readAccount(signal) {
  me ??= get("/me", { signal });
  try {
    const account = await me;
    showMode(account.elder_mode);
    return account;
  } catch (problem) {
    me = null;
    throw problem;
  }
}

export async function signOut() {
  await remove("/session");
  leave();
  passing.clear();
}

/** Forget everything of this account on this phone, but not the size of letters. */
export function leave() {
  forgetCaches();
  for (const key of ["token", "account", "patient"]) lasting.forget(key);
}

export const elder = () => document.documentElement.dataset.mode === "elder";

/** Larger letters and fewer choices: on every phone of this account. */
export async function setElder(on) {
  me = Promise.resolve(await put("/me/elder-mode", { on }));
  showMode(on);
}

export function showMode(on) {
  lasting.write("elder", Boolean(on));
  if (on) document.documentElement.dataset.mode = "elder";
  else delete document.documentElement.dataset.mode;
}

/** The account's patients; asked once for each visit of the page unless `fresh`. */
export async function family(signal, { fresh = false } = {}) {
  if (fresh) patients = null;
  patients ??= get("/patients", { signal });
  try {
    return (await patients).items;
  } catch (problem) {
    patients = null;
    throw problem;
  }
}

/** Another account, or nobody: nothing of the one before is shown. */
export function forgetCaches() {
  familyChanged();
}

/** Who one looks after is another; the account knows which of them is oneself. */
export function familyChanged() {
  patients = null;
  me = null;
}

/** The patient in whose name things are done: the chosen one, else oneself, else the first. */
export async function current(signal) {
  const all = await family(signal);
  const able = all.filter(mayBegin);
  const chosen = lasting.read("patient");
  return (
    able.find((patient) => patient.id === chosen) ??
    able.find((patient) => patient.relation === "self") ??
    able[0] ??
    null
  );
}

/** Proven, and living. */
export const mayBegin = (patient) => !patient.needs_proof && !patient.deceased_on;

export function choose(patientId) {
  lasting.write("patient", patientId);
}

export const RELATIONS = {
  self: "本人",
  child: "孩子",
  parent: "父母",
  spouse: "爱人",
  ward: "我照看的人",
};

export const SEXES = { male: "男", female: "女", other: "其他", unknown: "" };

/** What one may do for somebody. */
export const SCOPES = { book: "预约", pay: "缴费", view: "看资料", chat: "和医生说话" };

/** Whether the patient lets this account do that; whom we do not know the server decides about. */
export async function mayDo(patientId, scope, signal) {
  const found = (await family(signal)).find((one) => one.id === patientId);
  return !found || found.scopes.includes(scope);
}

/** 王桂英(本人). */
export const nameOf = (patient) => `${patient.name}(${RELATIONS[patient.relation]})`;

/** Where to go on after signing in. */
export function rememberPlace(path) {
  passing.write("next", path);
}

export function takePlace() {
  const path = passing.read("next") ?? "";
  passing.forget("next");
  return path;
}
