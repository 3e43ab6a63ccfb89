/* Starts the editors of all pages and offers what concerns them together. */

function count(number, thing) {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/* The file that a page's corrections go to: beside NAME.jpg, NAME; of further pages of a file, NAME-2. */
function nameOf(page) {
  const base = (page.source ?? "").split(/[\\/]/).at(-1).replace(/\.[^.]*$/, "");
  const safe = base.replace(/[<>:"|?*]/g, "").replace(LINE_ENDS, "") || "page";
  return page.frame > 1 ? `${safe}-${page.frame}` : safe;
}

/* An object on one line of ASCII, as `ocr read --format json` writes it. */
function jsonLine(object) {
  const escape = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(object).replace(/[\u007f-\uffff]/g, escape)}\n`;
}

function download(name, content, type) {
  const link = element("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const MESSAGE_TIME = 5000;
const status = document.querySelector("[role=status]");
let silence = 0;
const say = (message) => {
  status.textContent = message;
  clearTimeout(silence);
  silence = setTimeout(() => status.replaceChildren(), MESSAGE_TIME);
};
const editors = [...document.querySelectorAll(".page")].map((section) => new Editor(section, say));
if (editors.length > 1) {
  const saveAll = () => {
    download("pages.json", editors.map((editor) => jsonLine(editor.transcript.toPage())).join(""), "application/json");
    for (const editor of editors) editor.saved = editor.transcript.lines;
    say("pages.json downloaded");
  };
  document.querySelector("header").append(button(`Download JSON of all ${editors.length} pages`, saveAll));
}
document.documentElement.classList.add("ready");
window.addEventListener("beforeunload", (event) => {
  if (editors.some((editor) => editor.unsaved)) event.preventDefault();
});
