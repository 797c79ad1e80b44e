// The way into the video room, for the patient (/h5/room#VISIT) and for guests (/h5/guest-room#VISIT).
// Tickets come from the resident API.

import { LocalMedia } from "../js/consult/local-media.js";
import { wasInside } from "../js/consult/session.js";
import { Refusal } from "../js/consult/signalling.js";
import { Stage } from "../js/consult/stage.js";
import { get, NoLine, post, token } from "./api.js";
import { isOver } from "./encounters.js";
import { lasting } from "./keep.js";
import { keepAsking } from "./live.js";
import { rememberPlace } from "./session.js";

const LOOK_MS = 4000;
const id = window.location.hash.slice(1);
const guest = document.documentElement.hasAttribute("data-guest") ? lasting.read("guest") : null;
const visit = guest ? "/h5/guest" : `/h5/#/visits/${id}`;
const talk = guest ? visit : `${visit}/talk`;
const root = document.getElementById("consult-room");
const door = document.querySelector("[data-visit-door]");
const word = document.querySelector("[data-visit-word]");

if (!/^[0-9a-f-]{36}$/.test(id)) window.location.replace("/h5/#/visits");
else if (!guest && !token()) {
  rememberPlace(`visits/${id}`);
  window.location.replace("/h5/#/sign-in");
} else open();

/** Leave to sit; whoever is called enters the visit by it. */
async function ticket() {
  try {
    return await (guest ? post("/guest-visit/room-ticket", {}, { place: guest.place }) : post(`/encounters/${id}/room-ticket`));
  } catch (problem) {
    if (problem instanceof NoLine || problem.status >= 500) throw new TypeError(problem.message);
    throw new Refusal({ code: problem.code, detail: problem.message });
  }
}

function open() {
  root.dataset.room = id;
  root.dataset.leaveUrl = visit;
  document.querySelector("[data-visit-back]").href = visit;
  for (const link of document.querySelectorAll("[data-visit-talk]")) link.href = talk;
  const media = new LocalMedia();
  const stage = new Stage(root, media, ticket);
  const enter = async () => {
    word.textContent = "正在打开摄像头和麦克风…";
    await media.openRemembered().catch(() => null); // without them one still sees and hears
    door.hidden = true;
    stage.start();
    watch();
  };
  if (wasInside(id)) {
    enter();
    return;
  }
  const join = document.querySelector("[data-visit-join]");
  join.addEventListener("click", enter, { once: true });
  join.disabled = false;
}

/** The doctor went over to text, or it is over: back to the visit's page, in the same window. */
function watch() {
  const gone = new AbortController();
  window.addEventListener("pagehide", () => gone.abort(), { once: true });
  keepAsking(
    async () => {
      if (await goesOn(gone.signal)) return true;
      window.location.assign(visit);
      return false;
    },
    { every: LOOK_MS, signal: gone.signal },
  );
}

async function goesOn(signal) {
  if (!guest) {
    const found = await get(`/encounters/${id}`, { signal, again: true });
    return found.kind === "video" && !isOver(found);
  }
  try {
    const found = await get("/guest-visit", { signal, again: true, place: guest.place });
    return found.room_open && found.here;
  } catch (problem) {
    if (problem.status === 403) return false; // put out
    throw problem;
  }
}
