// Complaints: what their screens share.

import { badge } from "./parts.js";

const LOOKS = {
  received: "waiting",
  accepted: "progress",
  answered: "urgent",
  reopened: "returned",
  closed: "done",
  withdrawn: "neutral",
};

export const stateOf = (one) => badge(one.status_name, one.overdue ? "danger" : LOOKS[one.status]);

export const CATEGORIES = [
  ["attitude", "服务态度"],
  ["waiting", "等得太久"],
  ["fee", "收费、退费"],
  ["treatment", "看病、用药"],
  ["privacy", "个人信息"],
  ["system", "手机上用不了"],
  ["other", "别的"],
];
