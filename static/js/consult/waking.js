/* Hears when the network or the computer may have come back: nothing then waits for a timer. */

const TICK_MS = 1000;
const SLEPT_MS = 4000; // a second that took so long was slept through
const CALM_MS = 1000;

/** Call `act` then; returns what stops it. */
export function onWaking(act) {
  let last = 0;
  const wake = () => {
    if (Date.now() - last < CALM_MS) return;
    last = Date.now();
    act();
  };
  const seen = () => document.visibilityState === "visible" && wake();
  const listened = [
    [window, "online", wake],
    [window, "pageshow", wake],
    [document, "resume", wake],
    [document, "visibilitychange", seen],
    ...(navigator.connection ? [[navigator.connection, "change", wake]] : []),
  ];
  for (const [target, name, hear] of listened) target.addEventListener(name, hear);
  let ticked = Date.now();
  const ticking = setInterval(() => {
    const slept = Date.now() - ticked > SLEPT_MS;
    ticked = Date.now();
    if (slept) wake();
  }, TICK_MS);
  return () => {
    clearInterval(ticking);
    for (const [target, name, hear] of listened) target.removeEventListener(name, hear);
  };
}
