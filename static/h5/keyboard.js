// iPhones lay the keyboard over the page instead of shrinking it: the foot moves up by as much.

export function watchKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const lift = () => {
    const enlarged = view.scale > 1.01; // two fingers, not a keyboard
    const covered = enlarged ? 0 : Math.max(0, window.innerHeight - view.height - view.offsetTop);
    document.documentElement.style.setProperty("--foot", `${Math.round(covered)}px`);
  };
  view.addEventListener("resize", lift);
  view.addEventListener("scroll", lift);
}
