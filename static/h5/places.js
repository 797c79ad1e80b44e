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
  ["family/:id/openings", later("./screens/openings.js")],
  ["family/:id/readings", later("./screens/readings.js")],
  ["family/:id/immunizations", later("./screens/immunizations.js")],
  ["family/:id/laboratory", later("./screens/laboratory.js")],
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
  ["articles", later("./screens/articles.js")],
  ["articles/:id", later("./screens/article.js")],
  ["inbox", later("./screens/inbox.js")],
  ["check-in", later("./screens/check-in.js")],
  ["visits", later("./screens/visits.js")],
  ["visits/new", later("./screens/visit-new.js")],
  ["visits/:id", later("./screens/visit.js")],
  ["referrals/:id", later("./screens/referral.js")],
  ["medicines", later("./screens/medicines.js")],
  ["medicines/:id", later("./screens/medicine.js")],
  ["medicines/:id/ways", later("./screens/medicine-ways.js")],
  ["medicines/:id/village", later("./screens/medicine-village.js")],
  ["medicines/:id/door", later("./screens/medicine-door.js")],
  ["addresses", later("./screens/addresses.js")],
  ["addresses/new", later("./screens/address.js")],
  ["addresses/:id", later("./screens/address.js")],
  ["medicines/:id/pharmacies", later("./screens/medicine-pharmacies.js")],
  ["medicines/:id/paper", later("./screens/medicine-paper.js")],
  ["medicines/:id/cashier", later("./screens/medicine-cashier.js")],
  ["family-doctor", later("./screens/family-doctor.js")],
  ["family-doctor/new", later("./screens/family-doctor-new.js")],
  ["family-doctor/:id", later("./screens/family-doctor.js")],
  ["family-doctor/:id/talk", later("./screens/family-doctor-talk.js")],
  ["family-doctor/:id/sign", later("./screens/family-doctor-sign.js")],
  ["family-doctor/:id/paper", later("./screens/family-doctor-paper.js")],
  ["family-doctor/:id/cashier", later("./screens/family-doctor-cashier.js")],
  ["complaints", later("./screens/complaints.js")],
  ["complaints/new", later("./screens/complaint-new.js")],
  ["complaints/:id", later("./screens/complaint.js")],
  ["visits/:id/guests", later("./screens/visit-guests.js")],
  ["visits/:id/referral", later("./screens/visit-referral.js")],
  ["visits/:id/paper", later("./screens/visit-paper.js")],
  ["visits/:id/evidence", later("./screens/visit-evidence.js")],
  ["visits/:id/talk", later("./screens/talk.js")],
  ["account", later("./screens/account.js")],
  ["reminders", later("./screens/reminders.js")],
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
