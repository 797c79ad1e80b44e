// What this phone remembers. Browsers in private mode may refuse: then it lasts as long as the page.

const PREFIX = "doorstep.";

class Shelf {
  constructor(name) {
    this.name = name;
    this.fallback = new Map();
  }

  get storage() {
    try {
      return window[this.name];
    } catch {
      return null;
    }
  }

  read(key) {
    try {
      const text = this.storage?.getItem(PREFIX + key) ?? this.fallback.get(key);
      return text ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  }

  write(key, value) {
    const text = JSON.stringify(value);
    this.fallback.set(key, text);
    try {
      this.storage?.setItem(PREFIX + key, text);
    } catch {
      // full or forbidden: the page's own memory has it
    }
  }

  /** Forget all of it: somebody else may take this phone next. */
  clear() {
    const kept = [...this.fallback.keys(), ...Object.keys(this.storage ?? {})];
    for (const name of kept) this.forget(name.replace(PREFIX, ""));
  }

  forget(key) {
    this.fallback.delete(key);
    try {
      this.storage?.removeItem(PREFIX + key);
    } catch {
      // forbidden: nothing was written either
    }
  }
}

/** Until it is forgotten: who is signed in, the size of letters, whom one looks after just now. */
export const lasting = new Shelf("localStorage");

/** As long as this tab lives: what was typed, where one was, keys of acts under way. */
export const passing = new Shelf("sessionStorage");
