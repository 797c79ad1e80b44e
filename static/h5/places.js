// Which address opens which screen. The first two come with the page, the others when wanted.

import { NoLine } from "./api.js";
import * as home from "./screens/home.js";
import * as signIn from "./screens/sign-in.js";

let tries = 0;

/** A screen that comes when it is wanted. Browsers remember a failed import: ask by another name. */
function later(path) {
  const fetchIt = async () => {
    try {
      return await import(path);
    } catch {
      tries += 1;
      return import(`${path}?again=${tries}`).catch(() => {
        throw new NoLine();
      });
    }
  };
  return fetchIt;
}

/** Pattern, and how its module is fetched. */
export const ROUTES = [
  ["", () => home],
  ["sign-in", () => signIn],
  ["agreements", later("./screens/agreements.js")],
  ["agreements/new", later("./screens/renew.js")],
  ["agreements/:kind", later("./screens/agreements.js")],
  ["family", later("./screens/family.js")],
  ["family/add", later("./screens/add.js")],
  ["family/add/:relation", later("./screens/add.js")],
  ["family/desk", later("./screens/desk.js")],
  ["family/:id", later("./screens/relative.js")],
  ["family/:id/proof", later("./screens/proof.js")],
  ["card", later("./screens/card.js")],
  ["find", later("./screens/find.js")],
  ["places", later("./screens/houses.js")],
  ["departments/:id", later("./screens/department.js")],
  ["doctors/:id", later("./screens/doctor.js")],
  ["doctors/:id/:day", later("./screens/times.js")],
  ["doctors/:id/:day/wait", later("./screens/wait.js")],
  ["doctors/:id/:day/:slot", later("./screens/confirm.js")],
  ["pay/:id", later("./screens/pay.js")],
  ["cashier/:id", later("./screens/cashier.js")],
  ["appointments", later("./screens/appointments.js")],
  ["appointments/:id", later("./screens/appointment.js")],
  ["appointments/:id/cancel", later("./screens/cancel.js")],
  ["waiting", later("./screens/waiting.js")],
  ["inbox", later("./screens/inbox.js")],
  ["check-in", later("./screens/check-in.js")],
  ["account", later("./screens/account.js")],
  ["account/close", later("./screens/close.js")],
  ["missing", later("./screens/missing.js")],
];

const NEXT = [
  "find",
  "departments/:id",
  "doctors/:id",
  "doctors/:id/:day",
  "doctors/:id/:day/:slot",
  "pay/:id",
  "appointments/:id",
  "appointments",
  "card",
];

/** Fetch what most people want next, one after the other, when the line has nothing else to do. */
export async function fetchAhead() {
  if (navigator.connection?.saveData) return;
  for (const wanted of NEXT) {
    const [, load] = ROUTES.find(([pattern]) => pattern === wanted);
    await load().catch(() => null);
  }
}
