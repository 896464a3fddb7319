const LEAST = 25;
const MOST = 75;

function start(divider) {
  const split = divider.parentElement;
  const store = `tandem:split:${divider.dataset.splitDivider}`;
  const place = (percent) => {
    const value = Math.min(MOST, Math.max(LEAST, Math.round(percent)));
    split.style.setProperty("--split", `${value}%`);
    divider.setAttribute("aria-valuenow", value);
    localStorage.setItem(store, value);
  };
  const at = () => Number(divider.getAttribute("aria-valuenow"));
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    // An embedded report would swallow the pointer.
    split.toggleAttribute("data-dragging", true);
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = split.getBoundingClientRect();
    place((100 * (event.clientX - box.left)) / box.width);
  });
  divider.addEventListener("lostpointercapture", () => split.toggleAttribute("data-dragging", false));
  divider.addEventListener("keydown", (event) => {
    const goal = { ArrowLeft: at() - 5, ArrowRight: at() + 5, Home: LEAST, End: MOST }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    place(goal);
  });
  const kept = Number(localStorage.getItem(store));
  if (kept) place(kept);
}

document.querySelectorAll("[data-split-divider]").forEach(start);
