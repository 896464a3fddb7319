const isOrder = (input) => /-ORDER$/.test(input.name);

function total(rows) {
  return rows.querySelector(`input[name="${CSS.escape(rows.dataset.prefix)}-TOTAL_FORMS"]`);
}

function liveRows(rows) {
  return [...rows.querySelectorAll(":scope > [data-row]")].filter((row) => !("removed" in row.dataset));
}

function number(rows) {
  liveRows(rows).forEach((row, index) => {
    const place = row.querySelector("[data-row-number]");
    if (place) place.textContent = index + 1;
    for (const input of row.querySelectorAll("input")) if (isOrder(input)) input.value = index + 1;
  });
}

// A row that moves or goes is a change, though nobody typed.
function tell(rows) {
  rows.dispatchEvent(new Event("change", { bubbles: true }));
}

function button(label, act, glyph = label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button-small";
  made.textContent = glyph;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function remove(rows, row, box) {
  box.checked = !box.checked;
  row.toggleAttribute("data-removed", box.checked);
  const words = box.checked ? "Keep" : "Remove";
  row.querySelector("[data-row-remove]").textContent = words;
  number(rows);
  tell(rows);
}

function move(rows, row, step) {
  const others = liveRows(rows);
  const target = others[others.indexOf(row) + step];
  if (!target) return;
  if (step < 0) target.before(row);
  else target.after(row);
  number(rows);
  tell(rows);
  row.querySelector(`[data-row-move="${step}"]`).focus();
}

function dress(rows, row) {
  const tools = document.createElement("div");
  tools.className = "button-group rows-remove";
  const order = [...row.querySelectorAll("input")].find(isOrder);
  if (order) {
    order.closest(".field")?.setAttribute("hidden", "");
    for (const [step, label, glyph] of [[-1, "Move up", "↑"], [1, "Move down", "↓"]]) {
      const mover = button(label, () => move(rows, row, step), glyph);
      mover.dataset.rowMove = step;
      tools.append(mover);
    }
  }
  const holder = row.querySelector("[data-row-delete]");
  if (holder) {
    const box = holder.querySelector("input");
    holder.hidden = true;
    const remover = button("Remove", () => remove(rows, row, box));
    remover.removeAttribute("aria-label");
    remover.dataset.rowRemove = "";
    tools.append(remover);
    if (box.checked) {
      row.dataset.removed = "";
      remover.textContent = "Keep";
    }
  }
  if (tools.children.length) row.append(tools);
}

function add(rows) {
  const count = total(rows);
  const template = rows.querySelector("[data-rows-template]");
  const holder = document.createElement("template");
  holder.innerHTML = template.innerHTML.replaceAll("__prefix__", count.value);
  const row = holder.content.querySelector("[data-row]");
  count.value = Number(count.value) + 1;
  const last = [...rows.querySelectorAll(":scope > [data-row]")].at(-1);
  (last || template.previousElementSibling).after(row);
  dress(rows, row);
  number(rows);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function start(root) {
  for (const rows of root.querySelectorAll?.("[data-rows]:not([data-ready])") ?? []) {
    rows.dataset.ready = "";
    rows.querySelectorAll(":scope > [data-row]").forEach((row) => dress(rows, row));
    rows.querySelector("[data-rows-add]")?.addEventListener("click", (event) => {
      event.preventDefault();
      add(rows);
    });
  }
}

document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement ?? event.detail.elt));
start(document);
