function arrive(root) {
  const first = root.matches?.("[data-focus-first]") ? root : root.querySelector?.("[data-focus-first]");
  first?.focus();
  root.querySelectorAll?.("form[data-autosubmit] [type=submit]").forEach((button) => { button.hidden = true; });
}

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });

document.addEventListener("change", (event) => {
  event.target.closest?.("form[data-autosubmit]")?.requestSubmit();
});

document.addEventListener("input", (event) => {
  const value = event.target.dataset?.picks;
  if (!value) return;
  const radio = event.target.closest("td, fieldset, div")?.querySelector(`input[type=radio][value="${CSS.escape(value)}"]`);
  if (radio) radio.checked = true;
});

document.addEventListener("htmx:load", (event) => arrive(event.detail.elt));
arrive(document);
