/* One page being corrected: its keys, its buttons, its downloads. */

class Editor {
  constructor(section, say) {
    this.section = section;
    this.say = say;
    this.page = JSON.parse(section.querySelector("script").textContent);
    this.transcript = new Transcript(this.page);
    this.row = 0;
    this.column = 0;
    this.inserting = false;
    this.saved = this.transcript.lines;
    this.strips = [];
    this.#build();
    this.show();
  }

  get unsaved() {
    return this.transcript.lines !== this.saved;
  }

  get cells() {
    return this.transcript.lines[this.row]?.cells ?? [];
  }

  get cell() {
    return this.cells[this.column];
  }

  #build() {
    const name = this.section.querySelector("h2");
    this.picture = this.section.querySelector("img");
    this.overlay = document.createElementNS(SVG, "svg");
    this.overlay.setAttribute("viewBox", `0 0 ${this.page.width} ${this.page.height}`);
    this.overlay.setAttribute("preserveAspectRatio", "none");
    this.overlay.setAttribute("aria-hidden", "true");
    this.picture.after(this.overlay);
    this.overlay.addEventListener("click", ({ target }) => this.#pick(target));
    this.picture.addEventListener("load", () => {
      this.strips = [];
      this.show();
    });
    const frame = this.section.querySelector("figure");
    this.zoom = new Zoom(frame, frame.querySelector(".sheet"));
    const shown = element("div", { class: "picture" });
    frame.replaceWith(shown);
    shown.append(this.zoom.tools, frame);

    this.grid = element("div", { role: "grid", class: "grid", "aria-labelledby": name.id, "aria-describedby": "keys" });
    this.grid.lang = this.section.querySelector("pre").lang;
    this.section.addEventListener("keydown", (event) => this.#press(event));
    this.grid.addEventListener("click", ({ target }) => this.#pick(target));
    this.grid.addEventListener("focusin", ({ target }) => {
      if (target.dataset.column !== undefined) this.#mark(Number(target.dataset.row), Number(target.dataset.column));
    });

    this.crop = element("canvas", { class: "crop", "aria-hidden": "true" });
    this.about = element("p", { class: "about" });
    this.readings = element("div", { class: "readings", role: "group", "aria-label": "Other readings" });
    this.lineReadings = element("div", { class: "readings of-line", role: "group", "aria-label": "Other readings of the line" });
    for (const group of [this.readings, this.lineReadings]) group.addEventListener("keydown", (event) => this.#moveInReadings(event));
    this.typed = element("input", { type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", size: "6" });
    const form = element("form", { class: "typed" }, element("label", {}, "It says ", this.typed), element("button", {}, "Replace"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.typed.value) this.write(this.typed.value);
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.focus());
    this.mode = button("Insert", () => this.toggleInserting(), { "aria-pressed": "false", title: "Typing inserts (Insert)" });
    const tools = element("div", { class: "tools", role: "group", "aria-label": "Change the text" },
      this.mode,
      button("Delete", () => this.remove(), { title: "Delete" }),
      button("Space before", () => this.insert(SPACE), { title: "Space" }),
      button("Break line", () => this.breakLine(), { title: "Shift+Enter" }),
      button("Join next line", () => this.joinLine()),
      button("Edit line", () => this.editLine(), { title: "F2" }),
      button("Add line", () => this.addLine()),
      button("Undo", () => this.undo(), { title: "Ctrl+Z" }),
      button("Redo", () => this.redo(), { title: "Ctrl+Y" }));
    const chosen = element("div", { class: "chosen-parts" }, this.about, this.readings, form, this.lineReadings);
    const inspector = element("div", { class: "inspector", role: "region", "aria-label": "Chosen character" }, this.crop, chosen, tools);

    this.summary = element("p", { class: "summary" });
    const downloads = element("div", { class: "downloads" },
      button("Next doubtful", () => this.seek(1), { title: "Ctrl+Right" }),
      button("Download transcript", () => this.saveText(), { class: "main" }),
      button("Download JSON", () => this.saveJson()));
    name.parentElement.append(this.summary);
    name.parentElement.after(downloads);
    this.section.querySelector("pre").replaceWith(element("div", { class: "work" }, this.grid, inspector));
  }

  show() {
    const lines = this.transcript.lines;
    this.row = Math.max(0, Math.min(this.row, lines.length - 1));
    this.column = Math.max(0, Math.min(this.column, this.cells.length));
    const isChosen = (row, column) => row === this.row && column === this.column;
    const strips = lines.map((line, row) => this.#strip(line, row));
    this.grid.replaceChildren(...lines.map((line, row) => gridRow(line.cells, row, isChosen, strips[row].element)));
    if (!lines.length) this.grid.append(element("p", { class: "nothing" }, "No writing was found. Add line writes one."));
    this.#showChosen();
    const looks = lines.flatMap((line) => line.cells).filter(needsLook).length;
    const changes = this.transcript.changes;
    this.summary.textContent = `${count(lines.length, "line")}, ${looks} to look at, ${count(changes, "change")}`;
  }

  /* A line's picture, drawn anew only where it shows something else. */
  #strip(line, row) {
    const box = around(line.cells.flatMap((cell) => cell.box ?? []));
    const place = Object.values(box).join();
    if (this.strips[row]?.place !== place) this.strips[row] = { place, strip: new Strip(this.picture, this.page, box) };
    return this.strips[row].strip;
  }

  #showChosen() {
    const isChosen = (row, column) => row === this.row && column === this.column;
    this.overlay.replaceChildren(...boxes(this.transcript.lines, isChosen));
    const { cell } = this;
    this.about.textContent = cell ? spoken(cell) : "end of line";
    this.readings.replaceChildren(...worthSaying(cell?.alternatives ?? []).map((other) => readingButton(other, () => this.write(other.text))));
    const text = this.cells.map((one) => one.text).join("");
    const others = (this.transcript.lines[this.row]?.original?.readings ?? []).filter((other) => other.text !== text);
    this.lineReadings.replaceChildren(...worthSaying(others).map((other) => readingButton(other, () => this.rewrite(other.text))));
    this.typed.value = "";
    drawCrop(this.crop, this.picture, this.page, cell?.box ?? this.cells[this.column - 1]?.box);
    const box = this.overlay.querySelector(".chosen");
    if (box) this.zoom.reveal(box);
    this.transcript.lines.forEach((line, row) => this.strips[row].strip.mark(row === this.row ? cell?.box : null));
  }

  /* The panel below takes its room from the text: what is being worked on comes into what is left. */
  #reveal(shown = this.grid.querySelector("[aria-selected]")) {
    this.section.querySelector(".columns").scrollIntoView({ block: "nearest" });
    (shown?.closest(".row") ?? shown)?.scrollIntoView({ block: "nearest" });
    shown?.scrollIntoView({ block: "nearest" });
  }

  #mark(row, column) {
    if (row === this.row && column === this.column) return;
    const old = this.grid.querySelector("[aria-selected]");
    old?.removeAttribute("aria-selected");
    old?.setAttribute("tabindex", "-1");
    [this.row, this.column] = [row, column];
    const now = this.grid.querySelector(`[data-row="${row}"][data-column="${column}"]`);
    now?.setAttribute("aria-selected", "true");
    now?.setAttribute("tabindex", "0");
    this.#showChosen();
  }

  focus() {
    this.grid.querySelector("[aria-selected]")?.focus({ preventScroll: true });
    this.#reveal();
  }

  choose(row, column) {
    const { lines } = this.transcript;
    if (!lines.length) return;
    const to = Math.max(0, Math.min(row, lines.length - 1));
    this.#mark(to, Math.max(0, Math.min(column, lines[to].cells.length)));
    this.focus();
  }

  step(down, across) {
    const column = this.column + across;
    if (column < 0 && this.row > 0) this.choose(this.row - 1, Infinity);
    else if (column > this.cells.length && this.row < this.transcript.lines.length - 1) this.choose(this.row + 1, 0);
    else this.choose(this.row + down, column);
  }

  /* To the next or last character that may be wrong, round the ends of the page. */
  seek(direction) {
    const places = this.transcript.lines.flatMap((line, row) => line.cells.map((cell, column) => ({ cell, row, column })));
    const wanted = places.filter(({ cell }) => needsLook(cell));
    if (!wanted.length) return this.say("No doubtful characters are left.");
    const order = ({ row, column }) => (row - this.row || column - this.column) * direction;
    const ordered = direction > 0 ? wanted : wanted.toReversed();
    const next = ordered.find((place) => order(place) > 0) ?? ordered[0];
    return this.choose(next.row, next.column);
  }

  #pick(target) {
    if (target.dataset.column !== undefined) this.choose(Number(target.dataset.row), Number(target.dataset.column));
  }

  #press(event) {
    const command = event.ctrlKey || event.metaKey;
    // Outside the text, keys are the browser's; but what a button did can be undone at once.
    const inText = event.target.getAttribute("role") === "gridcell";
    if (event.target.tagName === "INPUT" || !(inText || (command && /^[zy]$/i.test(event.key)))) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = KEYS[`${command ? "Ctrl+" : ""}${event.shiftKey && (command || name === "Enter") ? "Shift+" : ""}${name}`];
    const typing = Array.from(event.key).length === 1 && ((!command && !event.altKey) || event.getModifierState("AltGraph"));
    if (!act && !typing) return;
    event.preventDefault();
    if (act) act(this);
    else if (event.key === SPACE) this.insert(SPACE);
    else if (this.inserting || !this.cell) this.insert(event.key);
    else this.write(event.key);
  }

  #moveInReadings(event) {
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (event.key === "Escape") return this.focus();
    if (!(event.key in steps)) return undefined;
    event.preventDefault();
    const all = [...event.currentTarget.children];
    return all[(all.indexOf(document.activeElement) + steps[event.key] + all.length) % all.length].focus();
  }

  openReadings() {
    (this.readings.querySelector("button") ?? this.typed).focus();
  }

  #changed(message) {
    this.show();
    this.focus();
    this.say(message);
  }

  /* Put a text in the place of the chosen cell, and go on to the next one. */
  write(text) {
    if (!this.transcript.lines.length) return this.addLine();
    const before = this.cell ? (isSpace(this.cell) ? "space" : this.cell.text) : null;
    this.transcript.splice(this.row, this.column, before === null ? 0 : 1, text);
    this.column += charactersOf(text).length;
    return this.#changed(before === null ? `${text} added` : `${before} replaced by ${text}`);
  }

  insert(text) {
    if (!this.transcript.lines.length) return this.addLine();
    this.transcript.splice(this.row, this.column, 0, text);
    this.column += charactersOf(text).length;
    return this.#changed(`${text === SPACE ? "space" : text} inserted`);
  }

  remove() {
    if (!this.transcript.lines.length) return undefined;
    if (!this.cell) return this.joinLine();
    const gone = spoken(this.cell);
    this.transcript.splice(this.row, this.column, 1, "");
    return this.#changed(`${gone}, deleted`);
  }

  removeBefore() {
    if (this.column > 0) {
      this.column -= 1;
      return this.remove();
    }
    if (this.row === 0) return undefined;
    this.row -= 1;
    this.column = this.cells.length;
    return this.joinLine();
  }

  breakLine() {
    if (this.column === 0 || !this.cell) return this.say("A line breaks between two characters.");
    this.transcript.breakLine(this.row, this.column);
    [this.row, this.column] = [this.row + 1, 0];
    return this.#changed("line broken");
  }

  joinLine() {
    if (this.row >= this.transcript.lines.length - 1) return this.say("There is no next line.");
    this.transcript.joinNextLine(this.row);
    return this.#changed("lines joined");
  }

  editLine() {
    if (!this.transcript.lines.length) return this.addLine();
    const text = this.cells.map((cell) => cell.text).join("");
    const row = this.grid.children[this.row];
    return this.#ask(row, text, `Text of line ${this.row + 1}`, (wanted) => this.rewrite(wanted));
  }

  rewrite(text) {
    this.transcript.rewrite(this.row, text);
    this.#changed(`line ${this.row + 1} is now ${text.trim() || "deleted"}`);
  }

  addLine() {
    const row = element("div", { role: "row", class: "row" });
    const below = this.grid.querySelector(".row") ? this.grid.children[this.row] : null;
    if (below) below.after(row);
    else this.grid.replaceChildren(row);
    this.#ask(row, "", "Text of the new line", (wanted) => {
      if (wanted.trim()) {
        this.transcript.insertLine(below ? this.row : -1, wanted);
        [this.row, this.column] = [below ? this.row + 1 : 0, 0];
      }
      this.#changed(wanted.trim() ? "line added" : "no line added");
    });
  }

  /* Let a row be typed as a whole; Enter takes it, Escape leaves everything as it was. */
  #ask(row, text, label, take) {
    const input = element("input", { type: "text", class: "line-text", "aria-label": label, autocomplete: "off", spellcheck: "false" });
    input.value = text;
    let open = true;
    const close = (accepted) => {
      if (!open) return;
      open = false;
      if (accepted && input.value !== text) take(input.value);
      else this.#changed("nothing changed");
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        close(event.key === "Enter");
      }
    });
    input.addEventListener("blur", () => close(true));
    row.replaceChildren(...row.querySelectorAll(".strip"), element("span", { role: "gridcell", class: "whole" }, input));
    input.focus({ preventScroll: true });
    this.#reveal(input);
  }

  toggleInserting() {
    this.inserting = !this.inserting;
    this.mode.setAttribute("aria-pressed", String(this.inserting));
    this.say(this.inserting ? "typing inserts" : "typing replaces");
  }

  undo() {
    if (this.transcript.undo()) this.#changed("undone");
    else this.say("nothing to undo");
  }

  redo() {
    if (this.transcript.redo()) this.#changed("redone");
    else this.say("nothing to redo");
  }

  saveText() {
    this.#save(`${nameOf(this.page)}.gt.txt`, this.transcript.text(), "text/plain;charset=utf-8");
  }

  saveJson() {
    this.#save(`${nameOf(this.page)}.json`, jsonLine(this.transcript.toPage()), "application/json");
  }

  #save(name, content, type) {
    download(name, content, type);
    this.saved = this.transcript.lines;
    this.say(`${name} downloaded`);
  }
}
