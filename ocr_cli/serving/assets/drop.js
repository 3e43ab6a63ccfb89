const form = document.querySelector("form");
const place = document.querySelector(".place");
const input = document.querySelector("input");
const status = document.querySelector("[role=status]");

function send() {
  if (input.files.length) form.requestSubmit();
}

/* Wherever on the page they are dropped, for a browser would open them otherwise. */
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) place.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  place.classList.remove("over");
  input.files = event.dataTransfer.files;
  send();
});
document.addEventListener("paste", (event) => {
  if (!event.clipboardData.files.length) return;
  input.files = event.clipboardData.files;
  send();
});
form.addEventListener("submit", () => {
  const count = input.files.length;
  status.textContent = `Reading ${count} ${count === 1 ? "file" : "files"}\u2026`;
  setTimeout(() => (form.querySelector("button").disabled = true));
});
window.addEventListener("pageshow", () => {
  status.replaceChildren();
  form.querySelector("button").disabled = false;
});
