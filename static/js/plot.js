const dark = window.matchMedia("(prefers-color-scheme: dark)");
const narrow = window.matchMedia("(max-width: 40rem)");
const figures = new Map();

function variant(figure) {
  const names = [narrow.matches && dark.matches && "compact-dark", narrow.matches && "compact", dark.matches && "dark"];
  const name = names.find((one) => one && figure.variants?.[one]);
  return name ? { ...figure, ...figure.variants[name] } : figure;
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
  const { data, layout, config } = variant(figure);
  box.classList.toggle("is-paper", dark.matches && !figure.variants?.dark && !figure.variants?.["compact-dark"]);
  await window.Plotly.react(box, data, { autosize: true, ...layout }, { responsive: true, displaylogo: false, displayModeBar: "hover", ...config });
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
    if (box.dataset.studyUrl) box.on("plotly_click", (event) => follow(box, event));
  } catch (error) {
    fail(box, error);
  }
}

const startAll = (root) => root.querySelectorAll?.("[data-plot]:not([data-ready])").forEach(start);
const redraw = () => figures.forEach((_, box) => draw(box));

dark.addEventListener("change", redraw);
narrow.addEventListener("change", redraw);
document.addEventListener("htmx:load", (event) => startAll(event.detail.elt.parentElement ?? event.detail.elt));
startAll(document);
