/* What covers the pictures when there are none: taken over, ended, left, refused. */

export class Cover {
  #node;

  constructor(root) {
    this.#node = root.querySelector("[data-room-cover]");
  }

  /** `actions` are [words, what to do | address] pairs; the first is the likely one. */
  show(title, text, actions = []) {
    const part = (slot) => this.#node.querySelector(`[data-slot=${slot}]`);
    part("title").textContent = title;
    part("text").textContent = text;
    part("actions").replaceChildren(...actions.map((action, index) => choice(action, index === 0)));
    this.#node.hidden = false;
    part("actions").firstElementChild?.focus();
  }

  hide() {
    this.#node.hidden = true;
  }
}

function choice([words, act], primary) {
  const node = document.createElement(typeof act === "string" ? "a" : "button");
  node.className = primary ? "button button--primary" : "button";
  node.textContent = words;
  if (typeof act === "string") node.href = act;
  else {
    node.type = "button";
    node.addEventListener("click", act);
  }
  return node;
}
