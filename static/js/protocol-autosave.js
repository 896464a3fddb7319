// Saves what was changed in a form, each part by itself: a field, or a list of rows with all its fields. The part of a
// field is its name up to the first dash; the hidden field "seal-PART" says what a save replaces.
const SOON = 300;
const PAUSE = 2000;
const AGAIN = 5000;
const READY = "Everything is saved by itself, shortly after it was changed.";
const SAVING = "Saving …";
const UNREACHABLE = "Not saved: the server cannot be reached. What you typed stays on this page; trying again.";
const SIGNED_OUT = "Not saved: you are signed out. Sign in in another window; then it is saved from here.";
const BAD = "Not saved: what is marked needs a look.";

const form = document.querySelector("form[data-autosave]");
const dirty = new Set();
const refused = new Set(form.dataset.unsaved?.split(" ").filter(Boolean));
let timer = 0;
let saving = null;
let isLeaving = false;

const partOf = (element) => (element.name || element.dataset?.prefix || "").split("-")[0];
const named = (name) => [...form.elements].filter((element) => element.name === name);
const list = (part) => form.querySelector(`[data-rows][data-prefix="${CSS.escape(part)}"]`);
const holder = (name) => named(name)[0]?.closest(".field, .rows-row") ?? list(name);
const isUnsaved = () => dirty.size > 0 || refused.size > 0 || saving !== null;

function say(text, problem = "") {
  const state = form.querySelector("[data-autosave-state]");
  state.textContent = text;
  if (!problem) return;
  const words = document.createElement("strong");
  words.textContent = `${text ? " " : ""}✕ ${problem}`;
  state.append(words);
}

function unmark(part) {
  const places = [list(part), ...named(part).map((element) => element.closest(".field"))];
  for (const place of new Set(places.filter(Boolean))) {
    place.querySelectorAll(".errorlist, [data-clash]").forEach((old) => old.remove());
    place.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
  }
}

function mark(name, sentence) {
  const place = holder(name);
  const errors = document.createElement("ul");
  errors.className = "errorlist";
  errors.setAttribute("role", "alert");
  errors.append(Object.assign(document.createElement("li"), { textContent: sentence }));
  const [field] = named(name);
  if (field) {
    field.setAttribute("aria-invalid", "true");
    errors.id = `${field.id}_error`;
    const told = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    field.setAttribute("aria-describedby", [...told.add(errors.id)].join(" "));
  }
  place.append(errors);
}

function take(part, fields) {
  for (const [name, value] of Object.entries(fields)) {
    for (const field of named(name)) {
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }
  refused.delete(part);
  unmark(part);
  say("");
  if (Object.keys(fields).length) return;
  isLeaving = !isUnsaved();
  window.location.reload();
}

function showClash(part, clash, sentence) {
  const shown = form.querySelector("[data-autosave-clash]").content.querySelector("[data-clash]").cloneNode(true);
  shown.querySelector("[data-clash-sentence]").textContent = sentence;
  shown.querySelector("[data-clash-current]").textContent = clash.current || "–";
  shown.querySelector("[data-clash-typed]").textContent = clash.typed || "–";
  shown.querySelector("[data-clash-mine]").addEventListener("click", () => changed(part, 0));
  shown.querySelector("[data-clash-theirs]").addEventListener("click", () => take(part, clash.fields));
  holder(part).append(shown);
}

function show(answer, parts) {
  for (const [name, value] of Object.entries(answer.new_fields)) for (const field of named(name)) field.value = value;
  // What was changed again meanwhile is judged when it is saved.
  for (const part of parts) if (!dirty.has(part)) unmark(part);
  for (const part of answer.open_parts) refused.add(part);
  for (const [name, sentence] of Object.entries(answer.errors)) if (!dirty.has(name.split("-")[0])) mark(name, sentence);
  for (const [part, clash] of Object.entries(answer.clashes)) if (!dirty.has(part)) showClash(part, clash, answer.conflict);
  say(answer.sentence, answer.open_parts.length ? BAD : "");
}

async function send(parts) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (parts.has(name.split("-")[0]) || (name.startsWith("seal-") && parts.has(name.slice(5)))) body.append(name, value);
  }
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
  const answer = await fetch(window.location.href, { method: "POST", headers, body, credentials: "same-origin" });
  if (answer.redirected) throw new Error(SIGNED_OUT);
  if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) return answer.json();
  const isSentence = answer.status < 500 && (answer.headers.get("Content-Type") || "").startsWith("text/plain");
  throw new Error(isSentence ? await answer.text() : UNREACHABLE);
}

async function save() {
  clearTimeout(timer);
  if (saving || !dirty.size) return;
  const parts = new Set(dirty);
  dirty.clear();
  for (const part of parts) refused.delete(part);
  say(SAVING);
  try {
    saving = send(parts);
    show(await saved(), parts);
  } catch (error) {
    for (const part of parts) dirty.add(part);
    say("", error instanceof TypeError ? UNREACHABLE : error.message);
    timer = setTimeout(save, AGAIN);
  }
}

async function saved() {
  try {
    return await saving;
  } finally {
    saving = null;
  }
}

function changed(part, delay) {
  if (!part) return;
  dirty.add(part);
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

form.addEventListener("input", (event) => changed(partOf(event.target), PAUSE));
form.addEventListener("change", (event) => changed(partOf(event.target), SOON));
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  isLeaving = true;
  if (!saving) return;
  // The whole form goes after the part under way, or it would be told that somebody else changed that part.
  event.preventDefault();
  const { submitter } = event;
  await Promise.allSettled([saving]);
  setTimeout(() => form.requestSubmit(submitter));
});
window.addEventListener("beforeunload", (event) => {
  if (!isLeaving && isUnsaved()) event.preventDefault();
});
form.querySelector("[data-autosave-leave]").textContent = "Back to the protocol";
say(READY);
