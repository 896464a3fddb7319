// A box that ticks all rows of the page, and how many are ticked. Without it every box works by itself.
const boxes = (form) => [...form.querySelectorAll('input[name="reference"]')];

function tell(form) {
  const all = form.querySelector("[data-tick-all]");
  const ticked = boxes(form).filter((box) => box.checked).length;
  all.hidden = false;
  all.checked = ticked > 0 && ticked === boxes(form).length;
  all.indeterminate = ticked > 0 && !all.checked;
  form.querySelector("[data-tick-count]").textContent = ticked ? ` (${ticked})` : "";
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ticks]");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) boxes(form).forEach((box) => { box.checked = event.target.checked; });
  tell(form);
});

// Addresses are shared: they say only what is filtered.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches(".finder")) return;
  const values = event.detail.formData;
  [...values.keys()].filter((name) => !values.get(name)).forEach((name) => values.delete(name));
});

const arrive = (root) => root.querySelectorAll("[data-ticks]").forEach(tell);
document.addEventListener("htmx:load", (event) => arrive(event.detail.elt.parentElement ?? document));
window.addEventListener("pageshow", () => arrive(document));
arrive(document);
