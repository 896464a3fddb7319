const FIELDS = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";

// Letters by position where the layout has none of its own (Cyrillic, Greek); digits from any row.
function pressed(event) {
  if (event.key.length === 1 && event.key.charCodeAt(0) < 128) return event.key.toUpperCase();
  const match = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code);
  return match ? match[1] : "";
}

// Shift is part of many signs, and on some layouts of the digits; with a letter it is another command.
const isShifted = (event) => event.shiftKey && (event.key.length > 1 || /\p{L}/u.test(event.key));

function isDead(event) {
  if (event.defaultPrevented || event.repeat || event.isComposing) return true;
  if (event.ctrlKey || event.metaKey || event.altKey || isShifted(event)) return true;
  return Boolean(event.target.closest?.(FIELDS) || document.querySelector("dialog[open]"));
}

const canPress = (element) => !element.disabled && element.getClientRects().length > 0;

function find(key) {
  const card = document.querySelector("[data-card][data-current]");
  const all = (root) => [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(canPress);
  const inCard = card ? all(card) : [];
  // Another card's buttons never answer to a key.
  return inCard[0] ?? all(document).find((element) => !element.closest("[data-card]"));
}

function press(element) {
  element.click();
  if (element.matches("summary") && element.parentElement.open) element.parentElement.querySelector("textarea, input")?.focus();
}

// To the card, so that Tab goes on from there and the keys work again.
function leave(field) {
  const card = field.closest("[data-card]");
  if (card) card.focus({ preventScroll: true });
  else field.blur();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.("textarea")) return leave(event.target);
  if (isDead(event)) return;
  const key = pressed(event);
  const element = key.trim() && find(key);
  if (!element) return;
  event.preventDefault();
  press(element);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-key-help]")) document.getElementById("key-help")?.showModal();
});
document.querySelectorAll("[data-key-help]").forEach((button) => { button.hidden = false; });
