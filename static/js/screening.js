const root = document.querySelector("[data-screening]");
const UNREACHABLE = "The server cannot be reached; check the connection and vote again.";
const SIGNED_OUT = "You are signed out; sign in again in another tab, then vote again.";
// After a refused card has come back, keys meant for the card before it must not hit it.
const GUARD = 700;

let current = null;
let chain = Promise.resolve();
let pending = 0;
let guardedUntil = 0;

const isList = root?.dataset.screening === "list";
const cards = () => [...root.querySelectorAll("[data-card]")];
const waiting = () => cards().filter((card) => !("voted" in card.dataset));

function showEmpty() {
  const isEmpty = !isList && waiting().length === 0 && pending === 0;
  root.querySelectorAll("[data-queue-empty]").forEach((box) => { box.hidden = !isEmpty; });
}

function select(card, { focus = true } = {}) {
  for (const other of cards()) {
    delete other.dataset.current;
    if (!isList) other.hidden = other !== card;
  }
  current = card ?? null;
  if (card) {
    card.dataset.current = "";
    if (focus) {
      card.focus({ preventScroll: !isList });
      if (!isList && card.getBoundingClientRect().top < 0) card.scrollIntoView({ block: "start" });
    }
  }
  showEmpty();
}

function neighbour(card, step) {
  const all = cards();
  const from = all.indexOf(card);
  const open = (one) => !("voted" in one.dataset) && one !== card;
  const ahead = step > 0 ? all.slice(from + 1) : all.slice(0, Math.max(from, 0)).reverse();
  return ahead.find(open) ?? (step > 0 ? all.find(open) : undefined);
}

function complain(card, sentence) {
  const box = card.querySelector("[data-vote-error]");
  if (!box) return;
  box.hidden = !sentence;
  box.textContent = sentence ? `✕ ${sentence}` : "";
}

function takeCards(page, isUndo) {
  let back = null;
  for (const card of page.querySelectorAll("[data-card]:not([data-replace])")) {
    const old = document.getElementById(card.id);
    if (old && !isUndo) continue;
    if (old) old.replaceWith(card);
    else if (isUndo && current) current.before(card);
    else (cards().at(-1) ?? root.firstElementChild)?.after(card);
    if (!isList) card.hidden = true;
    back ??= card;
  }
  return back;
}

function apply(html, isUndo) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of page.querySelectorAll("[data-replace][id]")) {
    const old = document.getElementById(part.id);
    old?.replaceWith(part);
    if (old === current) current = part;
  }
  const back = takeCards(page, isUndo);
  const toasts = page.querySelectorAll("[data-toast]");
  if (toasts.length) {
    const shown = document.getElementById("toasts");
    shown.querySelectorAll("[data-toast]:not([data-level=error])").forEach((old) => old.remove());
    shown.append(...toasts);
  }
  document.dispatchEvent(new CustomEvent("tandem:cards"));
  return back;
}

async function post(form, body) {
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  const text = await answer.text();
  if (answer.redirected && /login/.test(answer.url)) throw new Error(SIGNED_OUT);
  const isPlain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
  // An undo that comes too late changes nothing; its answer says so and what may be done instead.
  if (answer.ok || (answer.status === 409 && !isPlain)) return text;
  throw new Error(isPlain && text ? text : `The server answered with an error (${answer.status}).`);
}

// One after the other: what was voted first is saved first.
function enqueue(work) {
  pending += 1;
  chain = chain.then(work).finally(() => {
    pending -= 1;
    if (!isList && !current) select(waiting()[0]);
    showEmpty();
  });
}

const sentenceOf = (error) => (error instanceof TypeError ? UNREACHABLE : error.message);

function bringBack(card, error) {
  delete card.dataset.voted;
  card.removeAttribute("aria-busy");
  complain(card, `Not saved. ${sentenceOf(error)}`);
  guardedUntil = Date.now() + GUARD;
  if (!isList && current && current !== card) current.before(card);
  select(card);
}

function needsReason(form, verdict) {
  const reasons = form.querySelector("[data-reasons][data-required]");
  if (!reasons || verdict !== "exclude" || reasons.querySelector(":checked")) return false;
  complain(form.closest("[data-card]"), "Pick the reason for exclusion first: press its number, then E.");
  return true;
}

function vote(form, submitter) {
  const card = form.closest("[data-card]");
  const verdict = submitter?.value;
  if (Date.now() < guardedUntil || "voted" in card.dataset || needsReason(form, verdict)) return;
  const body = new FormData(form);
  if (submitter?.name) body.set(submitter.name, verdict);
  if (verdict !== "exclude") body.delete("reason");
  complain(card, "");
  card.dataset.voted = "";
  if (isList) card.setAttribute("aria-busy", "true");
  select(neighbour(card, 1));
  enqueue(async () => {
    try {
      apply(await post(form, body), false);
      if (!isList) return;
      card.removeAttribute("aria-busy");
      form.querySelectorAll("[name=verdict]").forEach((one) => one.setAttribute("aria-pressed", String(one === submitter)));
      delete card.dataset.voted;
    } catch (error) {
      bringBack(card, error);
    }
  });
}

const slot = () => root.querySelector("[data-undo-slot]");

// An undo or a request for a second look: once, and what could not be sent can be pressed again.
function send(form, isUndo) {
  const body = new FormData(form);
  const kept = [...(slot()?.childNodes ?? [])];
  slot()?.replaceChildren();
  form.closest("[data-toast]")?.remove();
  enqueue(async () => {
    try {
      const back = apply(await post(form, body), isUndo);
      if (back) select(back);
      else current?.focus({ preventScroll: true });
    } catch (error) {
      if (slot() && !slot().children.length) slot().replaceChildren(...kept);
      document.dispatchEvent(new CustomEvent("tandem:toast", { detail: { text: sentenceOf(error), level: "error" } }));
    }
  });
}

function ask(event) {
  const link = event.target.closest("[data-ask]");
  const isPlainClick = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (link && isPlainClick) {
    event.preventDefault();
    document.getElementById(link.dataset.ask)?.showModal();
  }
  if (event.target.closest("[data-ask-cancel]")) event.target.closest("dialog").close();
}

// From the current card on: what is read now is held first.
function onScreen() {
  const open = waiting();
  const from = Math.max(open.indexOf(current), 0);
  return [...open.slice(from), ...open.slice(0, from)].map((card) => card.id.replace("card-", ""));
}

// The bar that is fetched now and then tells the server what is on screen, unless nobody can see it.
function report(event) {
  if (event.detail.elt.id === "phase-progress" && !document.hidden) event.detail.parameters.shown = onScreen();
}

if (root) {
  document.addEventListener("htmx:configRequest", report);
  document.addEventListener("submit", (event) => {
    const isUndo = Boolean(event.target.querySelector("[data-undo]"));
    if (!isUndo && !event.target.matches("[data-vote-form], [data-asked]")) return;
    event.preventDefault();
    if (isUndo || event.target.matches("[data-asked]")) send(event.target, isUndo);
    else vote(event.target, event.submitter);
  });
  root.addEventListener("change", (event) => {
    if (event.target.name === "reason") complain(event.target.closest("[data-card]"), "");
  });
  root.addEventListener("click", (event) => {
    const step = Number(event.target.closest("[data-move]")?.dataset.move ?? 0);
    const next = step && neighbour(current, step);
    if (next) select(next);
  });
  root.addEventListener("click", ask);
  root.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-card]");
    if (isList && card && card !== current) select(card, { focus: false });
  });
  window.addEventListener("beforeunload", (event) => { if (pending) event.preventDefault(); });
  root.querySelectorAll("[data-move]").forEach((button) => { button.hidden = false; });
  select(waiting()[0], { focus: false });
}
