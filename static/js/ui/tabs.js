/* Turns a list of page links with their sections into tabs (WAI-ARIA, arrow keys). */
import { whenPresent } from "./ready.js";

whenPresent("[data-tabs]", (box) => {
  const list = box.querySelector(".tabs__list");
  const tabs = [...list.querySelectorAll(".tabs__tab[href^='#']")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("href").slice(1));
  list.setAttribute("role", "tablist");

  function choose(tab, { focus = false } = {}) {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      panelOf(other).hidden = !chosen;
    }
    if (focus) tab.focus();
    box.dispatchEvent(new CustomEvent("tab", { bubbles: true, detail: { panel: panelOf(tab).id } }));
  }

  for (const tab of tabs) {
    const panel = panelOf(tab);
    tab.id ||= `${panel.id}-tab`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0; // a long panel scrolls by keyboard even when nothing in it takes the focus
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab);
    });
  }

  list.addEventListener("keydown", (event) => {
    const here = tabs.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    let next = null;
    if (step) next = tabs[(here + step + tabs.length) % tabs.length];
    if (event.key === "Home") next = tabs[0];
    if (event.key === "End") next = tabs.at(-1);
    if (event.key === " ") next = tabs[here];
    if (!next) return;
    event.preventDefault();
    choose(next, { focus: true });
  });

  const inAddress = () => tabs.find((tab) => tab.getAttribute("href") === location.hash);
  window.addEventListener("hashchange", () => inAddress() && choose(inAddress()));
  const named = inAddress();
  choose(named ?? tabs.find((tab) => tab.hasAttribute("aria-current")) ?? tabs[0]);
});
