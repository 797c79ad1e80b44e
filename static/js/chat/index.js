/* Mounts every `[data-conversation]` of the page, also those htmx brings in later. */
import { whenPresent } from "../ui/ready.js";
import { Conversation } from "./conversation.js";

const AGAIN_MS = 2000;

/* The conversation of a consultation begins a moment after it is accepted: ask again until then. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (xhr.status !== 404 || !elt.matches("[data-conversation-panel]")) return;
  event.preventDefault();
  setTimeout(() => elt.dispatchEvent(new Event("again")), AGAIN_MS);
});

whenPresent("[data-conversation]", (panel) => new Conversation(panel).start());
