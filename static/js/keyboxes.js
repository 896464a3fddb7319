// What is typed replaces the key in the box; Tab, Enter and the arrows keep their meaning.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-key-box]")) event.target.select();
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-key-box]")) return;
  event.target.value = event.target.value.toUpperCase();
  event.target.select();
});
