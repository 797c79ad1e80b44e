/* Who is here: the list, its count, and a word to screen readers when somebody comes or goes. */

const STATES = { reconnecting: "正在重新连接" };

export class People {
  #list;
  #count;
  #announcer;
  #tierOf;
  #known = null;

  constructor(root, tierOf) {
    this.#list = root.querySelector("[data-testid=participant-list]");
    this.#count = root.querySelector("[data-room-count]");
    this.#announcer = root.querySelector("[data-room-announce]");
    this.#tierOf = tierOf;
  }

  show(people, mySeat) {
    this.#count.textContent = `${people.length} 人在场`;
    this.#list.replaceChildren(...people.map((person) => this.#row(person, mySeat)));
    this.#announce(people);
  }

  #row(person, mySeat) {
    const row = document.createElement("li");
    row.dataset.participant = person.seat;
    const who = document.createElement("span");
    who.className = "grow";
    const place = document.createElement("small");
    const watching = person.part === "observer" ? " · 旁听(只看不发言)" : "";
    place.textContent = `${person.organization}${watching}`;
    who.append(person.seat === mySeat ? `${person.name}(我)` : person.name, place);
    const tier = this.#tierOf(person.tier);
    row.append(...(tier ? [tier.cloneNode(true)] : []), who, this.#state(person));
    return row;
  }

  #state(person) {
    const state = document.createElement("span");
    const parts = [STATES[person.state]];
    if (!parts[0]) {
      if (person.screen) parts.push("共享屏幕");
      if (!person.audio) parts.push("静音");
    }
    state.textContent = parts.filter(Boolean).join(" · ");
    state.className = "soft small";
    return state;
  }

  #announce(people) {
    const now = new Map(people.map(({ seat, name }) => [seat, name]));
    const before = this.#known;
    this.#known = now;
    if (!before) return;
    const came = [...now].filter(([seat]) => !before.has(seat)).map(([, name]) => `${name}进来了`);
    const went = [...before].filter(([seat]) => !now.has(seat)).map(([, name]) => `${name}离开了`);
    if (came.length || went.length) this.#announcer.textContent = [...came, ...went].join(",");
  }
}
