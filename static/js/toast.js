const region = document.getElementById("toasts");
const LIFETIME = 8000;
const STORE = "tandem:toasts";
const UNREACHABLE = "The server cannot be reached. Nothing was saved; check the connection and try again.";
const BROKEN = "Something went wrong on the server. Load the page again and check what was saved.";

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "yes";
  const close = toast.querySelector("[data-toast-close]");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => toast.remove());
  }
  if (toast.dataset.level === "error") return;
  let timer = 0;
  const start = () => { timer = setTimeout(() => toast.remove(), LIFETIME); };
  const stop = () => clearTimeout(timer);
  for (const [event, act] of [["mouseenter", stop], ["mouseleave", start], ["focusin", stop], ["focusout", start]]) {
    toast.addEventListener(event, act);
  }
  start();
}

function show({ text, level = "success" }) {
  if (!text || [...region.children].some((old) => old.querySelector("span")?.textContent === text)) return;
  const toast = document.createElement("div");
  toast.className = `toast toast-${level}`;
  toast.dataset.toast = "";
  toast.dataset.level = level;
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Close this message");
  close.textContent = "✕";
  toast.append(words, close);
  region.append(toast);
}

function sentence(xhr) {
  const isPlain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  return isPlain && xhr.responseText ? xhr.responseText : "";
}

const isPoll = (element) => element?.getAttribute?.("hx-trigger")?.startsWith("every");

if (region) {
  new MutationObserver(() => region.querySelectorAll("[data-toast]").forEach(arm)).observe(region, { childList: true });
  // A live region speaks only what arrives after it: what the server rendered is put in again.
  const rendered = [...region.children];
  setTimeout(() => region.append(...rendered), 50);
  for (const toast of JSON.parse(sessionStorage.getItem(STORE) || "[]")) show(toast);
  sessionStorage.removeItem(STORE);

  document.addEventListener("tandem:toast", (event) => show(event.detail));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status < 400 || !sentence(xhr)) return;
    event.detail.shouldSwap = false;
    show({ text: sentence(xhr), level: "error" });
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!isPoll(event.detail.elt)) show({ text: sentence(event.detail.xhr) || BROKEN, level: "error" });
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (!isPoll(event.detail.elt)) show({ text: UNREACHABLE, level: "error" });
  });
}
