// Only what a poll has swapped in reloads the page: a page that shows a finished job from the start stays.
document.addEventListener("htmx:load", (event) => {
  const job = event.detail.elt;
  if (job.matches?.("[data-job-reload]") && !job.hasAttribute("hx-trigger")) window.location.reload();
});
