// Asking again and again, gently: not while nobody looks, less often when the line fails, and at
// once when the phone comes back. An unchanged answer travels without its body (ETag).

const LONGEST_MS = 60_000;

/** The next pause: as wished while it works, doubled for each failure in a row. Pure. */
export function pause(every, failures) {
  return Math.min(LONGEST_MS, every * 2 ** failures);
}

/** Call `ask` every `every` ms until the signal ends or it answers false. */
export function keepAsking(ask, { every, signal }) {
  let timer = null;
  let failures = 0;
  let asking = false;
  const next = () => {
    clearTimeout(timer);
    if (!signal.aborted && !document.hidden) timer = setTimeout(turn, pause(every, failures));
  };
  async function turn() {
    if (asking || signal.aborted) return;
    asking = true;
    try {
      if ((await ask()) === false) return;
      failures = 0;
    } catch {
      failures += 1;
    } finally {
      asking = false;
    }
    next();
  }
  const look = () => (document.hidden ? clearTimeout(timer) : turn());
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("online", turn, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  next();
}

/** Call `tick` every second while the screen stands. */
export function everySecond(tick, signal) {
  const timer = setInterval(tick, 1000);
  const look = () => !document.hidden && tick();
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => clearInterval(timer));
  tick();
}
