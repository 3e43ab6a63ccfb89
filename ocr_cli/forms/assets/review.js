/* Puts the least sure field first, the same field of all forms together, and takes corrections. */

const list = document.querySelector("ol");
const status = document.querySelector("[role=status]");
const say = (text) => { status.textContent = text; };
let unsaved = false;

function node(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

class Item {
  constructor(section, number) {
    this.section = section;
    this.data = JSON.parse(section.querySelector(".field").textContent);
    section.querySelector(".value").remove();
    this.input = node("input", { value: this.data.value, id: `value-${number}`, autocomplete: "off", spellcheck: false });
    const sure = `${Math.round(100 * this.data.confidence)} % sure`;
    this.input.setAttribute("aria-label", `${this.data.field}, ${this.data.file}, ${sure}`);
    section.append(this.input, node("span", {}, ` ${this.data.kind}, ${sure}`));
    if (this.data.doubts.length) section.append(node("p", { className: "doubts" }, this.data.doubts.join("; ")));
    const others = node("div", { className: "others" });
    for (const other of this.data.others) {
      others.append(node("button", { type: "button", onclick: () => { this.input.value = other; this.input.focus(); this.changed(); } }, other));
    }
    if (this.data.others.length) section.append(others);
    if (this.data.confidence < 0.5) section.classList.add("doubtful");
    this.done = false;
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.key(event));
  }

  get value() { return this.input.value.trim(); }

  changed() { unsaved = true; this.mark(false); }

  mark(done) {
    this.done = done;
    this.section.classList.toggle("done", done);
    count();
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      unsaved = true;
      this.mark(true);
      const left = items.filter((item) => !item.done);
      const next = items.slice(items.indexOf(this) + 1).find((item) => !item.done) ?? left[0];
      if (next) next.enter(); else say("All fields are reviewed.");
    } else if (event.key === "Escape") {
      this.input.value = this.data.value;
      this.mark(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      items[items.indexOf(this) + (event.key === "ArrowDown" ? 1 : -1)]?.enter();
    } else return;
    event.preventDefault();
  }

  enter() {
    this.input.focus();
    this.input.select();
    this.section.scrollIntoView({ block: "nearest" });
  }
}

const items = [...document.querySelectorAll(".item")].map((section, number) => new Item(section, number));
const least = new Map();
for (const { data } of items) {
  least.set(data.field, Math.min(data.confidence, least.get(data.field) ?? 1));
}
items.sort((a, b) =>
  least.get(a.data.field) - least.get(b.data.field)
  || (a.data.field < b.data.field ? -1 : a.data.field > b.data.field ? 1 : 0)
  || a.data.confidence - b.data.confidence);
list.replaceChildren(...items.map((item) => item.section));

const counter = node("p", { className: "quiet" });
function count() {
  const done = items.filter((item) => item.done).length;
  counter.textContent = `${done} of ${items.length} reviewed`;
}

const quoted = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

function saveTable() {
  const rows = [["file", "page", "field", "value", "read", "reviewed"]];
  for (const { data, value, done } of items) {
    rows.push([data.file, data.frame, data.field, value, data.value, done ? "yes" : "no"]);
  }
  const text = rows.map((row) => row.map((cell) => quoted(String(cell))).join(",")).join("\r\n");
  download("corrections.csv", new Blob([`${text}\r\n`], { type: "text/csv" }));
  unsaved = false;
  say("corrections.csv is saved.");
}

const bytesOf = (url) => Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (unit) => unit.charCodeAt(0));

function saveTranscripts() {
  const reviewed = items.filter((item) => item.done && item.value && !["check", "choice"].includes(item.data.kind));
  const files = reviewed.flatMap((item, number) => {
    const name = `${String(number + 1).padStart(4, "0")}-${item.data.field.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
    const text = new TextEncoder().encode(`${item.value}\n`);
    return [{ name: `${name}.jpg`, bytes: bytesOf(item.section.querySelector("img").src) }, { name: `${name}.gt.txt`, bytes: text }];
  });
  download("transcripts.zip", zipped(files));
  say(`transcripts.zip has ${reviewed.length} reviewed fields.`);
}

document.querySelector("header").append(
  counter,
  node("button", { type: "button", onclick: saveTable }, "Save corrections"),
  node("button", { type: "button", onclick: saveTranscripts }, "Save transcripts"),
);
count();
items[0]?.enter();
document.documentElement.classList.add("ready");
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
