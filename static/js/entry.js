// An entry saves itself, field by field: one request at a time, so that a late answer never meets a newer one. An
// answer moves what is beside the fields (the row a save replaces, errors, the choice between two values), never what
// is typed in them.
const WAIT = 400;
const SLOWEST = 30000;

function start(form) {
  const state = form.querySelector("[data-save-state]");
  const changed = new Set(); // to be sent
  const refused = new Set(); // sent, and not saved: waits until it is changed again
  let sending = null;
  let timer = 0;
  let failures = 0;
  let isLeaving = false;

  const control = (name) => form.elements.namedItem(name);
  const row = (name) => control(name).closest("[data-row]");
  const chosen = (name) => form.querySelector(`[data-keep="${CSS.escape(name)}"]:checked`);

  function mark(name) {
    changed.add(name);
    refused.delete(name);
    // A place is kept with the numbers of its row: one that waited goes along.
    for (const other of row(name).querySelectorAll("[data-autosaved]")) {
      if (refused.has(other.name) && !chosen(other.name) && other.name.includes("place")) changed.add(other.name);
    }
  }

  function body(names) {
    const data = new FormData();
    for (const name of names) {
      const keep = chosen(name);
      if (keep) data.set(keep.name, keep.value);
      if (keep?.value !== "stands") data.set(name, control(name).value);
      for (const was of row(name).querySelectorAll("input[type=hidden]")) data.set(was.name, was.value);
    }
    return data;
  }

  function take(answer, sent) {
    for (const current of answer.querySelectorAll("[data-current]")) control(current.name).value = current.value;
    for (const told of answer.querySelectorAll("[data-field]")) {
      const { field: name, state: became } = told.dataset;
      const input = control(name);
      if (sent.get(name) === "stands" && !changed.has(name)) input.value = told.dataset.value;
      const isNewest = !changed.has(name);
      document.getElementById(`told-${name}`).replaceChildren(...told.childNodes);
      if (became === "saved") input.removeAttribute("aria-invalid");
      else input.setAttribute("aria-invalid", "true");
      if (isNewest && became !== "saved") refused.add(name);
      else refused.delete(name);
    }
    state.replaceChildren(...answer.querySelector("[data-said]").childNodes);
  }

  function failed(sent) {
    for (const name of sent.keys()) changed.add(name);
    failures += 1;
    state.textContent = state.dataset.offline;
    timer = setTimeout(save, Math.min(SLOWEST, 1000 * 2 ** failures));
  }

  async function send(names) {
    const sent = new Map(names.map((name) => [name, chosen(name)?.value]));
    const data = body(names);
    for (const name of names) changed.delete(name);
    state.textContent = state.dataset.saving;
    let response;
    try {
      response = await fetch(form.getAttribute("action"), { // its buttons are called action
        method: "POST",
        body: data,
        keepalive: true,
        redirect: "manual",
        headers: { "X-Requested-With": "fetch", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      });
      if (response.status >= 500) throw new TypeError("server");
      const text = await response.text();
      failures = 0;
      const answer = new DOMParser().parseFromString(text, "text/html");
      if (answer.querySelector("[data-said]")) return take(answer, sent);
      // Refused as a whole: the sentence of the server, or a page that has expired.
      for (const name of names) if (!changed.has(name)) refused.add(name);
      const isSentence = (response.headers.get("Content-Type") || "").startsWith("text/plain");
      state.textContent = isSentence && text ? text : state.dataset.refused;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      failed(sent);
    }
    return undefined;
  }

  async function save() {
    clearTimeout(timer);
    if (sending) return sending;
    sending = (async () => {
      const before = failures;
      while (changed.size && failures === before) await send([...changed]);
    })();
    try {
      await sending;
    } finally {
      sending = null;
    }
    return undefined;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-autosaved]")) mark(event.target.name);
  });
  form.addEventListener("change", (event) => {
    const name = event.target.dataset.keep || (event.target.matches("[data-autosaved]") && event.target.name);
    if (!name) return;
    mark(name);
    later();
  });
  form.addEventListener("submit", (event) => {
    if (!sending && !changed.size) {
      isLeaving = true;
      return;
    }
    // What is on its way arrives first: otherwise the form would name rows that are replaced meanwhile.
    event.preventDefault();
    const { name, value } = event.submitter || {};
    save().then(() => {
      if (changed.size) return;
      const action = document.createElement("input");
      Object.assign(action, { type: "hidden", name: name || "action", value: value || "save" });
      form.append(action);
      isLeaving = true;
      form.submit();
    });
  });
  window.addEventListener("online", () => { if (changed.size) save(); });
  window.addEventListener("beforeunload", (event) => {
    if (isLeaving || !(changed.size || refused.size || sending)) return;
    save();
    event.preventDefault();
  });
  // What a refused page brought back is not saved yet either.
  for (const input of form.querySelectorAll("[data-autosaved][aria-invalid=true]")) refused.add(input.name);
  for (const keep of form.querySelectorAll("[data-keep]")) refused.add(keep.dataset.keep);
}

document.querySelectorAll("form[data-entry]").forEach(start);
