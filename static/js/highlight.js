const STORE = "tandem:highlights";
const KINDS = ["include", "exclude"];
const hasHighlights = "highlights" in CSS;
let isOn = localStorage.getItem(STORE) !== "off";

const escape = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// A Latin keyword matches whole words, "random*" their beginnings; Chinese, Japanese and Korean have no word breaks.
function pattern(words) {
  const parts = words.split("|").map((word) => word.trim()).filter(Boolean).map((word) => {
    const stem = escape(word.replace(/\*$/, ""));
    if (!/^[\p{Script=Latin}\p{N}]/u.test(word)) return stem;
    return `(?<![\\p{L}\\p{N}])${stem}${word.endsWith("*") ? "[\\p{L}\\p{N}]*" : "(?![\\p{L}\\p{N}])"}`;
  });
  return parts.length ? new RegExp(parts.join("|"), "giu") : null;
}

function ranges(element, words) {
  const found = [];
  const regex = pattern(words);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (regex && walker.nextNode()) {
    for (const match of walker.currentNode.data.matchAll(regex)) {
      const range = new Range();
      range.setStart(walker.currentNode, match.index);
      range.setEnd(walker.currentNode, match.index + match[0].length);
      found.push(range);
    }
  }
  return found;
}

function unmark() {
  for (const mark of document.querySelectorAll("mark.mark-include, mark.mark-exclude")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

// From the end to the start, so that the ranges not yet wrapped stay true.
function wrap(found, kind) {
  for (const range of found.reverse()) {
    const mark = document.createElement("mark");
    mark.className = `mark-${kind}`;
    range.surroundContents(mark);
  }
}

function draw() {
  const elements = isOn ? [...document.querySelectorAll("[data-highlight]")] : [];
  if (!hasHighlights) unmark();
  for (const kind of KINDS) {
    const found = elements.flatMap((element) => ranges(element, element.dataset[kind] ?? ""));
    if (hasHighlights) CSS.highlights.set(`keyword-${kind}`, new Highlight(...found));
    else wrap(found, kind);
  }
  for (const button of document.querySelectorAll("[data-highlight-toggle]")) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isOn));
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-highlight-toggle]")) return;
  isOn = !isOn;
  localStorage.setItem(STORE, isOn ? "on" : "off");
  draw();
});
document.addEventListener("tandem:cards", draw);
document.addEventListener("htmx:load", draw);
draw();
