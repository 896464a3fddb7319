const UNREACHABLE = "The file was not sent: the server cannot be reached. Nothing was stored; try again.";

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function describe(drop, input) {
  const names = [...input.files].map((file) => `${file.name} (${size(file.size)})`);
  drop.querySelector("[data-filedrop-name]").textContent = names.join(", ");
}

function say(form, text) {
  let box = form.querySelector("[data-filedrop-error]");
  if (!box) {
    box = document.createElement("p");
    box.className = "errorlist";
    box.dataset.filedropError = "";
    box.setAttribute("role", "alert");
    form.querySelector("[data-filedrop]").after(box);
  }
  box.textContent = text ? `✕ ${text}` : "";
}

// The redirect's page was fetched by the request itself, so its messages are carried over by hand.
function follow(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const toasts = [...page.querySelectorAll("#toasts [data-toast]")].map((toast) => ({
    text: toast.querySelector("span").textContent, level: toast.dataset.level,
  }));
  sessionStorage.setItem("tandem:toasts", JSON.stringify(toasts));
  window.location.assign(xhr.responseURL);
}

function refused(form, xhr) {
  const type = xhr.getResponseHeader("Content-Type") || "";
  if (type.startsWith("text/plain")) return say(form, xhr.responseText);
  if (xhr.status === 413) return say(form, "The file is larger than this server accepts. Nothing was stored.");
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const main = page.getElementById("main");
  if (!main) return say(form, `The server answered with an error (${xhr.status}). Nothing was stored.`);
  document.getElementById("main").replaceWith(main);
  start(main);
  window.htmx?.process(main);
  main.querySelector("[data-focus-first]")?.focus();
}

function send(form, submitter) {
  const bar = form.querySelector("[data-filedrop-progress]");
  const buttons = form.querySelectorAll("[type=submit]");
  const busy = (state) => buttons.forEach((one) => { one.disabled = state; });
  const body = new FormData(form);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const xhr = new XMLHttpRequest();
  xhr.open("POST", form.action);
  xhr.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
  // Sent, and the server is at work on it: how long is not known.
  xhr.upload.addEventListener("load", () => bar.removeAttribute("value"));
  xhr.addEventListener("loadend", () => { bar.hidden = true; busy(false); });
  xhr.addEventListener("error", () => say(form, UNREACHABLE));
  xhr.addEventListener("load", () => (xhr.status < 400 ? follow(xhr) : refused(form, xhr)));
  bar.value = 0;
  bar.hidden = false;
  busy(true);
  say(form, "");
  xhr.send(body);
}

function watch(drop) {
  drop.dataset.ready = "";
  const input = drop.querySelector("input[type=file]");
  const over = (state) => drop.classList.toggle("is-over", state);
  if (drop.dataset.accept) input.accept = drop.dataset.accept;
  input.addEventListener("change", () => describe(drop, input));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); over(true); });
  }
  for (const name of ["dragleave", "dragend", "drop"]) drop.addEventListener(name, () => over(false));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    describe(drop, input);
  });
}

function start(root) {
  root.querySelectorAll?.("[data-filedrop]:not([data-ready])").forEach(watch);
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.querySelector("[data-filedrop]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("htmx:load", (event) => start(event.detail.elt));
start(document);
