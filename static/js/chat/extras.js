/* Beside the composer: canned sentences, what is being quoted, and finding what was said. */

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The list of canned sentences; a click puts one where the cursor is, nothing is sent. */
export class Phrases {
  #list;
  #button;

  constructor(root, transport, input) {
    this.#list = root.querySelector("[data-chat-phrases]");
    this.#button = root.querySelector("[data-chat-phrases-open]");
    this.#button?.addEventListener("click", () => this.#toggle(transport, input));
  }

  async #toggle(transport, input) {
    const open = this.#list.hidden;
    this.#show(open);
    if (!open) return;
    const { items } = await transport.phrases().catch(() => ({ items: [] }));
    this.#list.replaceChildren(...items.map((phrase) => this.#draw(phrase, input)), this.#manage(items));
  }

  #draw(phrase, input) {
    const button = made("button", "phrases__one", phrase.text);
    button.type = "button";
    button.addEventListener("click", () => {
      input.setRangeText(phrase.text, input.selectionStart, input.selectionEnd, "end");
      this.#show(false);
      input.focus();
    });
    return button;
  }

  #manage(items) {
    const link = made("a", "phrases__manage", items.length ? "添加或删除" : "还没有常用语,去添加");
    Object.assign(link, { href: "/phrases", target: "_blank", rel: "noopener" });
    return link;
  }

  #show(open) {
    this.#list.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
  }
}

/** Which message the next one answers to. */
export class Quoting {
  #bar;
  #words;
  seq = null;

  constructor(root) {
    this.#bar = root.querySelector("[data-chat-quoting]");
    this.#words = root.querySelector("[data-chat-quoted]");
    root.querySelector("[data-chat-unquote]")?.addEventListener("click", () => this.take());
  }

  get possible() {
    return Boolean(this.#bar);
  }

  quote(message) {
    this.seq = message.seq;
    this.#words.textContent = `引用 ${message.author_name}:${message.text}`;
    this.#bar.hidden = false;
  }

  /** The number, and it is used up. */
  take() {
    const { seq } = this;
    this.seq = null;
    if (this.#bar) this.#bar.hidden = true;
    return seq;
  }
}

/** "3 条新消息 ↓" for whoever reads above the end; `onMoved` hears each move of the eye. */
export class Below {
  #button;
  #box;
  #count = 0;

  constructor(root, onMoved) {
    this.#button = root.querySelector("[data-chat-below]");
    this.#box = root.querySelector("[data-chat-scroll]");
    this.#button.addEventListener("click", () => this.toEnd());
    this.#box.addEventListener("scroll", () => {
      if (this.atEnd) this.#show(0);
      onMoved();
    });
  }

  get atEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < 60;
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  add(count) {
    this.#show(this.#count + count);
  }

  #show(count) {
    this.#count = count;
    this.#button.hidden = !count;
    this.#button.textContent = `${count} 条新消息 ↓`;
  }
}

/** Finds words in this conversation; `onChosen(seq)` when one of the places is clicked. */
export function listenToFind(root, transport, onChosen) {
  const form = root.querySelector("[data-chat-find]");
  const list = root.querySelector("[data-chat-found]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = form.querySelector("input").value.trim();
    list.hidden = !words;
    if (!words) return;
    try {
      const { items } = await transport.find(words);
      list.replaceChildren(...items.map((item) => drawFound(item, onChosen)));
      if (!items.length) list.replaceChildren(made("li", "soft", "没有找到。"));
    } catch (problem) {
      list.replaceChildren(made("li", "soft", problem.message));
    }
  });
  form?.querySelector("input").addEventListener("input", (event) => {
    if (!event.target.value) list.hidden = true;
  });
}

function drawFound(item, onChosen) {
  const line = made("li", "");
  const button = made("button", "chat__hit", `${item.author_name}:${item.text}`);
  button.type = "button";
  button.addEventListener("click", () => onChosen(item.seq));
  line.append(button);
  return line;
}
