/* Draws the fields of a template on its blank; all places are in pixels of the template's page. */

const template = JSON.parse(document.querySelector(".template").textContent);
const sheet = document.querySelector(".sheet");
const form = document.querySelector(".fields");
const status = document.querySelector("[role=status]");
const { width, height } = template.page;
const LEAST = 4;
let chosen = null;
let unsaved = false;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

class Field {
  constructor(entry) {
    this.entry = entry;
    this.button = document.createElement("div");
    this.button.className = "box";
    this.button.tabIndex = 0;
    this.button.setAttribute("role", "button");
    this.button.addEventListener("focus", () => choose(this));
    this.button.addEventListener("keydown", (event) => this.key(event));
    this.button.addEventListener("pointerdown", (event) => this.drag(event));
    sheet.append(this.button);
    this.draw();
  }

  draw() {
    const [left, top, right, bottom] = this.entry.box;
    Object.assign(this.button.style, {
      left: `${100 * left / width}%`, top: `${100 * top / height}%`,
      width: `${100 * (right - left) / width}%`, height: `${100 * (bottom - top) / height}%`,
    });
    const name = document.createElement("b");
    name.textContent = this.entry.name;
    const walls = Array.from({ length: Math.max(0, (this.entry.cells ?? 1) - 1) }, (_, number) => {
      const wall = document.createElement("u");
      wall.style.left = `${100 * (number + 1) / this.entry.cells}%`;
      return wall;
    });
    this.button.replaceChildren(name, ...walls, document.createElement("i"));
    const kind = this.entry.columns ? `table, ${this.entry.rows} rows` : this.entry.kind;
    this.button.setAttribute("aria-label", `${this.entry.name}, ${kind}, at ${Math.round(left)}, ${Math.round(top)}`);
  }

  place(box) {
    const [left, top, right, bottom] = box;
    const across = clamp(right - left, LEAST, width);
    const down = clamp(bottom - top, LEAST, height);
    const x = clamp(left, 0, width - across);
    const y = clamp(top, 0, height - down);
    this.entry.box = [x, y, x + across, y + down].map(Math.round);
    unsaved = true;
    this.draw();
  }

  key(event) {
    const step = event.ctrlKey ? 10 : 1;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const [left, top, right, bottom] = this.entry.box;
    if (moves[event.key]) {
      const [x, y] = moves[event.key];
      this.place(event.shiftKey ? [left, top, right + x, bottom + y] : [left + x, top + y, right + x, bottom + y]);
    } else if (event.key === "Delete") remove(this);
    else if (event.key === "Enter") form.elements.name.select();
    else return;
    event.preventDefault();
  }

  drag(event) {
    event.preventDefault();
    event.stopPropagation();
    this.button.focus();
    const resizing = event.target.tagName === "I";
    const [left, top, right, bottom] = this.entry.box;
    const [x, y] = placeOf(event);
    following((to) => {
      const across = to[0] - x;
      const down = to[1] - y;
      this.place(resizing ? [left, top, right + across, bottom + down] : [left + across, top + down, right + across, bottom + down]);
    });
  }
}

function placeOf(event) {
  const seen = sheet.getBoundingClientRect();
  return [(event.clientX - seen.left) / seen.width * width, (event.clientY - seen.top) / seen.height * height];
}

function following(move) {
  const step = (event) => move(placeOf(event));
  const end = () => {
    window.removeEventListener("pointermove", step);
    window.removeEventListener("pointerup", end);
  };
  window.addEventListener("pointermove", step);
  window.addEventListener("pointerup", end);
}

function freshName() {
  const names = new Set(fields.map((field) => field.entry.name));
  let number = fields.length + 1;
  while (names.has(`field ${number}`)) number += 1;
  return `field ${number}`;
}

function add(box) {
  const field = new Field({ name: freshName(), box: box.map(Math.round), kind: "text" });
  fields.push(field);
  unsaved = true;
  field.button.focus();
  return field;
}

function remove(field) {
  const number = fields.indexOf(field);
  fields.splice(number, 1);
  field.button.remove();
  unsaved = true;
  choose(null);
  (fields[number] ?? fields.at(-1))?.button.focus();
}

function choose(field) {
  chosen?.button.classList.remove("chosen");
  chosen = field;
  field?.button.classList.add("chosen");
  const entry = field?.entry ?? {};
  document.querySelector("#chosen").textContent = field ? `Field ${fields.indexOf(field) + 1} of ${fields.length}` : "No field is chosen.";
  for (const key of ["name", "kind", "cells", "lines", "pattern", "sum"]) form.elements[key].value = entry[key] ?? "";
  form.elements.options.value = (entry.options ?? []).map((option) => option.name ?? option).join(", ");
  form.elements.required.checked = entry.required ?? false;
}

function changed(event) {
  if (!chosen) return;
  const { name: key, value } = event.target;
  const entry = chosen.entry;
  const boxed = (entry.options ?? []).some((option) => option.box);
  if (key === "required") entry.required = event.target.checked;
  else if (key === "options" && !boxed) entry.options = value.split(",").map((part) => part.trim()).filter(Boolean);
  else if (key === "cells" || key === "lines") entry[key] = Number(value) || undefined;
  else if (key !== "options") entry[key] = value.trim() || undefined;
  if (key === "name" && !entry.name) entry.name = freshName();
  unsaved = true;
  chosen.draw();
}

function save() {
  const names = fields.map((field) => field.entry.name);
  const twice = names.find((name, number) => names.indexOf(name) !== number);
  if (twice !== undefined) {
    status.textContent = `Two fields are called ${twice}.`;
    return;
  }
  const { name, ...data } = template;
  data.fields = fields.map((field) => field.entry);
  download(`${name}.form.json`, new Blob([`${JSON.stringify(data, null, 1)}\n`], { type: "application/json" }));
  unsaved = false;
  status.textContent = `${name}.form.json is saved.`;
}

const fields = template.fields.map((entry) => new Field(entry));
sheet.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  event.preventDefault();
  const [x, y] = placeOf(event);
  let field = null;
  following((to) => {
    const box = [Math.min(x, to[0]), Math.min(y, to[1]), Math.max(x, to[0]), Math.max(y, to[1])];
    if (!field && Math.max(box[2] - box[0], box[3] - box[1]) > LEAST) field = add(box);
    field?.place(box);
  });
});
form.addEventListener("input", changed);
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.add.addEventListener("click", () => add([0.1 * width, 0.1 * height, 0.4 * width, 0.1 * height + 0.03 * Math.max(width, height)]));
form.elements.remove.addEventListener("click", () => chosen && remove(chosen));
form.elements.save.addEventListener("click", save);
document.documentElement.classList.add("ready");
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
