if (navigator.clipboard) {
  const reveal = (root) => root.querySelectorAll?.("[data-copy]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    document.dispatchEvent(new CustomEvent("tandem:toast", { detail: { text: "Copied.", level: "info" } }));
  });
  document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
  reveal(document);
}
