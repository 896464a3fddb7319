const dark = window.matchMedia("(prefers-color-scheme: dark)");
const NARROW = 640;
const figures = new Map();

// The figure says how wide it must be before its text would touch; without that, a phone's width decides.
function isNarrow(box, figure) {
  return box.clientWidth < (figure.layout?.meta?.min_width ?? NARROW);
}

function variant(box, figure) {
  const compact = isNarrow(box, figure);
  const names = [compact && dark.matches && "compact-dark", compact && "compact", dark.matches && "dark"];
  const name = names.find((one) => one && figure.variants?.[one]);
  return { name: name ?? "full", ...figure, ...figure.variants?.[name] };
}

async function load(box) {
  if (box.dataset.json) return JSON.parse(document.getElementById(box.dataset.json).textContent);
  const answer = await fetch(box.dataset.src, { headers: { Accept: "application/json", "X-Requested-With": "fetch" } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function keyOf(data) {
  if (Array.isArray(data)) return data[0];
  return data !== null && typeof data === "object" ? data.key : data;
}

function follow(box, event) {
  const key = keyOf(event.points?.[0]?.customdata);
  if (key === undefined || key === null || key === "") return;
  window.location.assign(box.dataset.studyUrl.replace("__key__", encodeURIComponent(key)));
}

async function draw(box) {
  const figure = figures.get(box);
  const { name, data, layout, config } = variant(box, figure);
  box.classList.toggle("is-paper", dark.matches && !name.endsWith("dark"));
  // Another variant is drawn afresh: Plotly would first fit its margins into the width of the one before, and keep that.
  const isNew = box.dataset.variant !== name;
  box.dataset.variant = name;
  // Too narrow even so: the figure keeps its least width and scrolls in its own box.
  const least = layout?.meta?.min_width ?? 0;
  const size = box.clientWidth < least ? { autosize: false, width: least } : { autosize: true };
  const plot = isNew ? window.Plotly.newPlot : window.Plotly.react;
  await plot(box, data, { ...layout, ...size }, { responsive: true, displaylogo: false, ...config });
  if (size.width) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
  if (isNew && box.dataset.studyUrl) box.on("plotly_click", (event) => follow(box, event));
  box.removeAttribute("aria-busy");
}

function fail(box, error) {
  box.removeAttribute("aria-busy");
  const words = document.createElement("p");
  words.className = "errorlist";
  words.textContent = `✕ The figure could not be drawn. ${error.message}`;
  box.replaceChildren(words);
}

async function start(box) {
  box.dataset.ready = "";
  try {
    figures.set(box, await load(box));
    await draw(box);
  } catch (error) {
    fail(box, error);
  }
}

function redraw(box) {
  if (box.isConnected) return draw(box);
  figures.delete(box);
  return watcher.unobserve(box);
}

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const figure = figures.get(target);
    if (figure && target.clientWidth && variant(target, figure).name !== target.dataset.variant) redraw(target);
  }
});

function startAll(root) {
  for (const box of root.querySelectorAll?.("[data-plot]:not([data-ready])") ?? []) {
    start(box);
    watcher.observe(box);
  }
}

dark.addEventListener("change", () => figures.forEach((_, box) => redraw(box)));
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt.parentElement ?? event.detail.elt));
startAll(document);
