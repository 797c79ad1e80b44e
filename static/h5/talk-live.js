// Hearing at once: the /chat socket tells that something was said, read or is being written. The page
// works without it, by asking; nothing is lost with it, because it still asks "since".

import { io } from "../vendor/socket.io.esm.min.js";
import { token } from "./api.js";
import { catchUp, noteRead } from "./conversation.js";

const FORGET_TYPING_MS = 4000;

/** Listen to this conversation until its screen goes; `state.link.open` says whether it is heard. */
export function listen(state) {
  const socket = io("/chat", { transports: ["websocket"], reconnectionDelayMax: 5000, auth: (give) => give({ token: token() }) });
  const named = { conversation: state.id };
  const link = { open: false, sayTyping: () => link.open && socket.volatile.emit("typing", named) };
  const mine = (act) => (told) => told.conversation === state.id && act(told);
  const fresh = () => catchUp(state).catch(() => null);
  const open = () =>
    socket.emit("open", named, (answer) => {
      link.open = Boolean(answer?.ok);
      if (answer?.change > state.since) fresh();
    });
  let timer = 0;
  socket.on("connect", open);
  socket.on("disconnect", () => (link.open = false));
  socket.on("reopen", mine(open));
  socket.on("message", mine(fresh));
  socket.on("changed", mine(fresh));
  socket.on("read", mine(({ person_id: person, seq }) => noteRead(state, person, seq)));
  socket.on("typing", mine(({ person_id: person, name }) => {
    if (person === state.me) return; // the same patient on another phone
    const staff = state.members.get(person)?.kind === "staff";
    state.typing.textContent = `${staff ? state.them : name}正在输入…`;
    clearTimeout(timer);
    timer = setTimeout(() => (state.typing.textContent = ""), FORGET_TYPING_MS);
  }));
  state.signal.addEventListener("abort", () => socket.disconnect());
  return link;
}
