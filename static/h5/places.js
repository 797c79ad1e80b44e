// Which address opens which screen. The first two come with the page, the others when wanted.

import * as home from "./screens/home.js";
import * as signIn from "./screens/sign-in.js";

const doctors = () => import("./screens/doctor.js");

/** Pattern, and how its module is fetched. */
export const ROUTES = [
  ["", () => home],
  ["sign-in", () => signIn],
  ["agreements", () => import("./screens/agreements.js")],
  ["agreements/:kind", () => import("./screens/agreements.js")],
  ["family", () => import("./screens/family.js")],
  ["family/add", () => import("./screens/add.js")],
  ["family/add/:relation", () => import("./screens/add.js")],
  ["family/:id", () => import("./screens/relative.js")],
  ["family/:id/proof", () => import("./screens/proof.js")],
  ["card", () => import("./screens/card.js")],
  ["find", () => import("./screens/find.js")],
  ["places", () => import("./screens/houses.js")],
  ["departments/:id", () => import("./screens/department.js")],
  ["doctors/:id", doctors],
  ["doctors/:id/:day", () => import("./screens/times.js")],
  ["doctors/:id/:day/wait", () => import("./screens/wait.js")],
  ["doctors/:id/:day/:slot", () => import("./screens/confirm.js")],
  ["pay/:id", () => import("./screens/pay.js")],
  ["cashier/:id", () => import("./screens/cashier.js")],
  ["appointments", () => import("./screens/appointments.js")],
  ["appointments/:id", () => import("./screens/appointment.js")],
  ["appointments/:id/cancel", () => import("./screens/cancel.js")],
  ["waiting", () => import("./screens/waiting.js")],
  ["check-in", () => import("./screens/check-in.js")],
  ["account", () => import("./screens/account.js")],
  ["account/close", () => import("./screens/close.js")],
  ["missing", () => import("./screens/missing.js")],
];
