// Sends a file in parts. What the server has of it already is not sent again, also after the page was left.
const ATTEMPTS = 6;
const UNREACHABLE = "The server cannot be reached. What has arrived is kept: choose the same file again to go on.";
const SIGNED_OUT = "You are signed out. Sign in again, then choose the same file to go on.";

class Refused extends Error {}

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const megabytes = (bytes) => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function say(form, text, isError = false) {
  const state = form.querySelector("[data-upload-state]");
  state.textContent = isError ? `✕ ${text}` : text;
  state.classList.toggle("errorlist", isError);
  state.classList.toggle("muted", !isError);
}

async function post(form, url, body, signal) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
  if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
  const answer = await fetch(url, { method: "POST", headers, body, signal, credentials: "same-origin" });
  if (answer.redirected) throw new Refused(SIGNED_OUT);
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  if (answer.ok || (answer.status === 409 && isJson)) return answer.json();
  if (answer.status >= 500) throw new Error(String(answer.status));
  const isSentence = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
  throw new Refused(isSentence ? await answer.text() : `The server answered with an error (${answer.status}).`);
}

// A refusal is final; a server or network that is away for a moment is asked again.
async function patiently(form, url, body, signal) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(form, url, body(), signal);
    } catch (error) {
      if (error instanceof Refused || error.name === "AbortError") throw error;
      if (attempt === ATTEMPTS) throw new Refused(UNREACHABLE);
      say(form, "The server does not answer; trying again.");
      await wait(500 * 2 ** attempt);
    }
  }
}

function announced(form, file) {
  const body = new FormData();
  body.set("file_name", file.name);
  body.set("size", file.size);
  body.set("modified", file.lastModified);
  return patiently(form, form.dataset.upload, () => body);
}

async function send(form, file, signal) {
  const bar = form.querySelector("[data-filedrop-progress]");
  const part = Number(form.dataset.part);
  const begun = await announced(form, file);
  let { received } = begun;
  say(form, received ? `Going on at ${megabytes(received)} of ${megabytes(file.size)}.` : `Sending ${megabytes(file.size)}.`);
  bar.max = file.size;
  bar.value = received;
  bar.hidden = false;
  while (received < file.size) {
    const from = received;
    const url = `${begun.part_url}?offset=${from}`;
    ({ received } = await patiently(form, url, () => file.slice(from, from + part), signal));
    bar.value = received;
    bar.setAttribute("aria-valuetext", `${megabytes(received)} of ${megabytes(file.size)}`);
  }
  bar.removeAttribute("value");
  say(form, "The file is here. It is being read.");
  const { url } = await patiently(form, begun.finish_url, () => new FormData(), signal);
  window.location.assign(url);
}

function refusal(error) {
  if (error.name === "AbortError") return "Stopped. What has arrived is kept: choose the same file again to go on.";
  if (error instanceof Refused) return error.message;
  return "The file cannot be read from this computer any more. Choose it again.";
}

async function start(form) {
  const [file] = form.querySelector("input[type=file]").files;
  const stop = form.querySelector("[data-upload-stop]");
  const submit = form.querySelector("[type=submit]");
  const controller = new AbortController();
  const cancel = () => controller.abort();
  const busy = (state) => {
    submit.disabled = state;
    stop.hidden = !state;
  };
  form.querySelector(".form-errors")?.remove();
  stop.addEventListener("click", cancel);
  busy(true);
  try {
    await send(form, file, controller.signal);
  } catch (error) {
    form.querySelector("[data-filedrop-progress]").hidden = true;
    say(form, refusal(error), error.name !== "AbortError");
    busy(false);
  } finally {
    stop.removeEventListener("click", cancel);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-upload]") || !form.querySelector("input[type=file]").files.length) return;
  event.preventDefault();
  start(form);
}, true);
