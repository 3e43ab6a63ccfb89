/* What is seen of a transcript: the rows of cells, the boxes over the picture, the chosen character. */

const SVG = "http://www.w3.org/2000/svg";
const DOUBTFUL = 0.5;
const UNSURE = 0.9;
/* Readings that are less likely are noise. */
const WORTH_SAYING = 0.01;
/* A line's picture needs no more pixels across. */
const STRIP_PIXELS = 1600;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function button(text, action, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", action);
  return made;
}

/* A button that offers another reading. */
function readingButton(reading, action) {
  const made = button("", action, { "aria-label": `${reading.text}, ${percent(reading.confidence)}` });
  made.append(element("b", {}, reading.text), ` ${percent(reading.confidence)}`);
  return made;
}

/* How sure a cell's reading is, in a word that is also its class. */
function levelOf(cell) {
  if (cell.corrected) return "corrected";
  if (cell.rejected || cell.confidence < DOUBTFUL) return "doubtful";
  return cell.confidence < UNSURE ? "unsure" : "sure";
}

function needsLook(cell) {
  return !isSpace(cell) && ["doubtful", "unsure"].includes(levelOf(cell));
}

function percent(confidence) {
  return `${Math.round(100 * confidence)} %`;
}

/* Other readings that are worth a button. */
function worthSaying(readings) {
  return readings.filter((reading) => reading.confidence >= WORTH_SAYING);
}

/* A cell in words. */
function spoken(cell) {
  if (isSpace(cell)) return "space";
  const level = levelOf(cell);
  if (level === "corrected") return `${cell.text}, corrected`;
  if (cell.rejected) return `${cell.text}, no reading`;
  const sure = `${cell.text}, ${percent(cell.confidence)} sure`;
  return level === "sure" ? sure : `${sure}, ${level}`;
}

function gridRow(cells, row, isChosen, strip) {
  const number = element("span", { role: "rowheader", class: "number" }, String(row + 1));
  const made = element("div", { role: "row", class: "row" }, number, strip);
  // Lines that are too long wrap between words.
  let word = null;
  for (let column = 0; column <= cells.length; column++) {
    const cell = cells[column];
    const attributes = { role: "gridcell", tabindex: "-1", "data-row": row, "data-column": column };
    if (!cell) Object.assign(attributes, { class: "end", "aria-label": `end of line ${row + 1}` });
    else Object.assign(attributes, { class: isSpace(cell) ? "space" : levelOf(cell), "aria-label": spoken(cell) });
    if (isChosen(row, column)) Object.assign(attributes, { tabindex: "0", "aria-selected": "true" });
    if (!word || isSpace(cells[column - 1])) {
      word = element("span", { class: "word" });
      made.append(word);
    }
    word.append(element("span", attributes, cell ? (isSpace(cell) ? "\u00a0" : cell.text) : "\u21b5"));
  }
  return made;
}

/* The boxes of lines and characters, for an SVG element in the picture's own pixels. */
function boxes(lines, isChosen) {
  const made = [];
  const rectangle = (box, kind) => {
    const one = document.createElementNS(SVG, "rect");
    const place = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
    for (const [name, value] of Object.entries(place)) one.setAttribute(name, value);
    one.setAttribute("class", kind);
    made.push(one);
    return one;
  };
  lines.forEach((line, row) => {
    rectangle(around(line.cells.flatMap((cell) => cell.box ?? [])), "line");
    line.cells.forEach((cell, column) => {
      if (isSpace(cell)) return;
      const one = rectangle(cell.box, isChosen(row, column) ? `${levelOf(cell)} chosen` : levelOf(cell));
      Object.assign(one.dataset, { row, column });
    });
  });
  return made;
}

/* The part of the picture that shows a line: an element for its row, and where things lie on it. */
class Strip {
  constructor(picture, page, box) {
    const margin = 0.2 * (box.bottom - box.top);
    this.left = Math.max(0, box.left - 2 * margin);
    this.top = Math.max(0, box.top - margin);
    this.width = Math.min(page.width, box.right + 2 * margin) - this.left;
    this.height = Math.min(page.height, box.bottom + margin) - this.top;
    const scale = picture.naturalWidth / page.width;
    const zoom = Math.min(1, STRIP_PIXELS / Math.max(1, this.width * scale));
    const canvas = element("canvas");
    canvas.width = Math.max(1, Math.round(this.width * scale * zoom));
    canvas.height = Math.max(1, Math.round(this.height * scale * zoom));
    if (scale) {
      const from = [this.left, this.top, this.width, this.height].map((length) => length * scale);
      canvas.getContext("2d").drawImage(picture, ...from, 0, 0, canvas.width, canvas.height);
    }
    this.here = element("i", { class: "here" });
    this.element = element("div", { class: "strip", "aria-hidden": "true" }, canvas, this.here);
  }

  /* Mark a character on it, or nothing. */
  mark(box) {
    this.here.hidden = !box;
    if (!box) return;
    this.here.style.left = `${(100 * (box.left - this.left)) / this.width}%`;
    this.here.style.width = `${(100 * (box.right - box.left)) / this.width}%`;
  }
}

/* The character's part of the picture, enlarged, with some of what is beside it. */
function drawCrop(canvas, picture, page, box) {
  const pen = canvas.getContext("2d");
  const pixels = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * pixels;
  canvas.height = canvas.clientHeight * pixels;
  if (!box || !picture.naturalWidth) return;
  const zoom = canvas.height / (1.5 * Math.max(8, box.bottom - box.top));
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const scale = picture.naturalWidth / page.width;
  pen.setTransform(zoom, 0, 0, zoom, canvas.width / 2 - x * zoom, canvas.height / 2 - y * zoom);
  pen.drawImage(picture, 0, 0, picture.naturalWidth / scale, picture.naturalHeight / scale);
  pen.lineWidth = (2 * pixels) / zoom;
  pen.strokeStyle = "#0b5cad";
  pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
}
