/** Forms that could not be sent, kept on this device. What is kept is sealed (AES-256-GCM) with a
    key that the server gives to the signed-in person with each page and that is never stored: who
    finds the device, or signs in as somebody else, cannot read it. */
const NAME = "doorstep-follow-ups";
const STORE = "forms";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const database = await open();
  try {
    const change = database.transaction(STORE, mode);
    const asked = work(change.objectStore(STORE));
    await new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = change.onerror = () => reject(change.error);
    });
    return asked.result;
  } finally {
    database.close();
  }
}

async function keyOf(owner) {
  const raw = Uint8Array.from(atob(owner.key), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** The signed-in person as the page names them: `{ account, key }`, or null. */
export function ownerOf(element) {
  const { keptAccount: account, keptKey: key } = element?.dataset ?? {};
  return account && key ? { account, key } : null;
}

/** Keep `{ id, action, label, fields: [[name, value]] }`; the same id replaces what was there. */
export async function keep(owner, form) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(form));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(owner), plain);
  await within("readwrite", (store) => store.put({ id: form.id, account: owner.account, iv, sealed }));
}

/** This person's kept forms, opened; one that cannot be opened any more is left out. */
export async function kept(owner) {
  const rows = await within("readonly", (store) => store.getAll());
  const key = await keyOf(owner);
  const mine = rows.filter((row) => row.account === owner.account);
  const opened = await Promise.all(mine.map(async ({ iv, sealed }) => {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      return null;
    }
  }));
  return opened.filter(Boolean);
}

/** It has arrived, or its owner threw it away. */
export async function forget(id) {
  await within("readwrite", (store) => store.delete(id));
}
