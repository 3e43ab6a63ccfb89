"use strict";

/* A page being corrected: lines of cells, which are characters or the spaces between words.

   Cells are never changed, only replaced, so that undoing needs no more than the lists of cells as they
   were. What toPage gives has the form of `ocr read --format json`. */

const SPACE = " ";
const LINE_ENDS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/* The characters of a text that is typed in, with single spaces between words. */
function charactersOf(text) {
  return Array.from(text.normalize("NFC").replace(LINE_ENDS, SPACE).replace(/\s+/g, SPACE));
}

function around(boxes) {
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/* A box cut into so many, side by side. */
function slices(box, count) {
  const step = (box.right - box.left) / count;
  return Array.from({ length: count }, (_, index) => {
    const left = Math.floor(box.left + index * step);
    return { ...box, left, right: Math.max(left + 1, Math.floor(box.left + (index + 1) * step)) };
  });
}

class Transcript {
  constructor(page) {
    this.page = page;
    this.lines = page.lines.map((line) => {
      const cells = line.words.flatMap((word, index) => {
        const characters = word.characters.map((character) => ({ ...character, word }));
        return index ? [{ text: SPACE }, ...characters] : characters;
      });
      return { cells, original: line };
    });
    this.past = [];
    this.future = [];
  }

  /* How many changes there are that could be undone. */
  get changes() {
    return this.past.length;
  }

  undo() {
    return this.#travel(this.past, this.future);
  }

  redo() {
    return this.#travel(this.future, this.past);
  }

  #travel(from, to) {
    if (!from.length) return false;
    to.push(this.lines);
    this.lines = from.pop();
    return true;
  }

  #become(lines) {
    this.past.push(this.lines);
    this.future = [];
    this.lines = lines.map((line) => ({ ...line, cells: tidy(line.cells) })).filter((line) => line.cells.length);
  }

  /* Put a text in the place of `count` cells, from `column` on; more than one character shares their room. */
  splice(row, column, count, text) {
    const line = this.lines[row];
    const cells = [...line.cells];
    const removed = cells.slice(column, column + count);
    cells.splice(column, count, ...this.#cells(charactersOf(text), removed, cells[column - 1], cells[column + count]));
    this.#become(this.lines.with(row, { ...line, cells }));
  }

  /* Put a text in the place of a line's; characters that stay keep their boxes. */
  rewrite(row, text) {
    const line = this.lines[row];
    const wanted = charactersOf(text.trim());
    const cells = [];
    let before = 0;
    let written = 0;
    const replace = (oldEnd, newEnd) => {
      const removed = line.cells.slice(before, oldEnd);
      const added = wanted.slice(written, newEnd);
      if (added.length) cells.push(...this.#cells(added, removed, cells.at(-1) ?? line.cells[before - 1], line.cells[oldEnd]));
    };
    for (const [old, fresh] of common(line.cells.map((cell) => cell.text), wanted)) {
      replace(old, fresh);
      cells.push(line.cells[old]);
      before = old + 1;
      written = fresh + 1;
    }
    replace(line.cells.length, wanted.length);
    this.#become(this.lines.with(row, { ...line, cells }));
  }

  /* A new line below a row (-1: above the first), as wide as that one. */
  insertLine(row, text) {
    const wanted = charactersOf(text.trim());
    const boxes = (index) => (this.lines[index]?.cells ?? []).flatMap((cell) => cell.box ?? []);
    const above = boxes(row).length ? around(boxes(row)) : null;
    const below = boxes(row + 1).length ? around(boxes(row + 1)) : null;
    const like = above ?? below ?? { left: 0, top: 0, right: this.page.width, bottom: this.page.height };
    let { top, bottom } = like;
    if (above) [top, bottom] = [above.bottom, Math.max(above.bottom + 1, below?.top ?? 2 * above.bottom - above.top)];
    else if (below) [top, bottom] = [Math.max(0, 2 * below.top - below.bottom), Math.max(1, below.top)];
    top = Math.min(top, this.page.height - 1);
    const room = { ...like, top, bottom: Math.max(top + 1, Math.min(bottom, this.page.height)) };
    this.#become(this.lines.toSpliced(row + 1, 0, { cells: spread(wanted, room) }));
  }

  breakLine(row, column) {
    const line = this.lines[row];
    const parts = [line.cells.slice(0, column), line.cells.slice(column)].map((cells) => ({ cells }));
    this.#become(this.lines.toSpliced(row, 1, ...parts));
  }

  joinNextLine(row) {
    const cells = [...this.lines[row].cells, { text: SPACE }, ...this.lines[row + 1].cells];
    this.#become(this.lines.toSpliced(row, 2, { cells }));
  }

  text() {
    return this.lines.map((line) => line.cells.map((cell) => cell.text).join("") + "\n").join("");
  }

  toPage() {
    const lines = this.lines.map((line) => {
      const words = wordsOf(line.cells).map(finishedWord);
      const kept = line.original?.words;
      if (kept?.length === words.length && words.every((word, index) => word === kept[index])) return line.original;
      return {
        text: words.map((word) => word.text).join(SPACE),
        confidence: together(words),
        box: around(words.map((word) => word.box)),
        words,
        readings: [],
      };
    });
    return { ...this.page, text: lines.map((line) => line.text).join("\n"), lines };
  }

  /* Cells for characters that take the place of others. */
  #cells(characters, removed, before, after) {
    if (characters.length === removed.length) {
      return characters.map((text, index) => (removed[index].box ? corrected(removed[index], text) : spread([text], this.#gap(before, after))[0]));
    }
    const boxes = removed.flatMap((cell) => cell.box ?? []);
    return spread(characters, boxes.length ? around(boxes) : this.#gap(before, after));
  }

  /* Where a character that was missed may be: between its neighbours, or a part of one if they touch. */
  #gap(before, after) {
    const [left, right] = [before?.box ?? null, after?.box ?? null];
    if (!left && !right) return { left: 0, top: 0, right: this.page.width, bottom: this.page.height };
    const room = around([left, right].filter(Boolean));
    const width = Math.max(2, Math.round((room.bottom - room.top) / 2));
    if (!left) [room.left, room.right] = [Math.max(0, right.left - width), Math.max(1, right.left)];
    else if (!right) [room.left, room.right] = [left.right, left.right + width];
    else if (right.left > left.right) [room.left, room.right] = [left.right, right.left];
    else [room.left, room.right] = [right.left, right.left + Math.max(1, Math.floor((right.right - right.left) / 4))];
    room.left = Math.min(room.left, this.page.width - 1);
    room.right = Math.max(room.left + 1, Math.min(room.right, this.page.width));
    return room;
  }
}

/* Cells for a text spread over a box. */
function spread(characters, box) {
  const boxes = slices(box, characters.length);
  return characters.map((text, index) =>
    text === SPACE ? { text } : { text, confidence: 1, box: boxes[index], alternatives: [], rejected: false, corrected: true },
  );
}

/* A cell with another text; what was read before becomes one of its alternatives. */
function corrected(cell, text) {
  if (text === SPACE) return { text };
  if (text === cell.text && !cell.rejected) return cell;
  const { word, ...kept } = cell;
  const before = cell.corrected || cell.rejected ? [] : [{ text: cell.text, confidence: cell.confidence }];
  const alternatives = [...before, ...cell.alternatives];
  return { ...kept, text, confidence: 1, alternatives, rejected: false, corrected: true };
}

/* Without spaces at the ends, and no two side by side. */
function tidy(cells) {
  const kept = cells.filter((cell, index) => !isSpace(cell) || (index > 0 && !isSpace(cells[index - 1])));
  return kept.length && isSpace(kept.at(-1)) ? kept.slice(0, -1) : kept;
}

function isSpace(cell) {
  return cell.box === undefined;
}

function wordsOf(cells) {
  const words = [[]];
  for (const cell of cells) {
    if (isSpace(cell)) words.push([]);
    else words.at(-1).push(cell);
  }
  return words;
}

/* A word as JSON has it: the one that was read if nothing about it has changed. */
function finishedWord(cells) {
  const { word } = cells[0];
  if (word?.characters.length === cells.length && cells.every((cell) => cell.word === word)) return word;
  const characters = cells.map(({ word: _, corrected: __, ...character }) => character);
  return {
    text: characters.map((character) => character.text).join(""),
    confidence: together(characters),
    box: around(characters.map((character) => character.box)),
    characters,
  };
}

/* That all parts are right, to as many decimals as JSON has of confidences. */
function together(parts) {
  return Number(parts.reduce((product, part) => product * part.confidence, 1).toFixed(4));
}

/* Pairs of places of a longest common subsequence of two lists. */
function common(first, second) {
  const lengths = Array.from({ length: first.length + 1 }, () => new Uint32Array(second.length + 1));
  for (let i = first.length - 1; i >= 0; i--) {
    for (let j = second.length - 1; j >= 0; j--) {
      lengths[i][j] = first[i] === second[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    if (first[i] === second[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}
