/* The picture of a page in its frame: larger, smaller, and moved about. */

const LARGEST = 8;
const STEP = 1.5;
/* Pixels that a pointer may move in a click. */
const STILL = 4;

class Zoom {
  constructor(frame, sheet) {
    [this.frame, this.sheet, this.factor] = [frame, sheet, 1];
    this.tools = element("div", { class: "zoom", role: "group", "aria-label": "Size of the picture" },
      button("\u2212", () => this.to(this.factor / STEP), { "aria-label": "Smaller", title: "Smaller (-)" }),
      button("Fit", () => this.to(1), { title: "Whole width (0)" }),
      button("+", () => this.to(this.factor * STEP), { "aria-label": "Larger", title: "Larger (+)" }));
    frame.addEventListener("keydown", (event) => {
      const factor = { "+": this.factor * STEP, "=": this.factor * STEP, "-": this.factor / STEP, 0: 1 }[event.key];
      if (event.ctrlKey || event.metaKey || factor === undefined) return;
      event.preventDefault();
      this.to(factor);
    });
    frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { left, top } = frame.getBoundingClientRect();
      this.to(this.factor * (event.deltaY < 0 ? STEP : 1 / STEP), event.clientX - left, event.clientY - top);
    }, { passive: false });
    this.#drag();
  }

  /* Show it so many times as wide as the frame; what is at a place of the frame stays there. */
  to(factor, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    const { frame } = this;
    const to = Math.max(1, Math.min(LARGEST, factor));
    const [across, down] = [(frame.scrollLeft + x) / this.factor, (frame.scrollTop + y) / this.factor];
    this.factor = to;
    this.sheet.style.width = `${100 * to}%`;
    [frame.scrollLeft, frame.scrollTop] = [across * to - x, down * to - y];
  }

  /* Bring an element into the middle of the frame, unless it can be seen. */
  reveal(shown) {
    const [part, whole] = [shown.getBoundingClientRect(), this.frame.getBoundingClientRect()];
    if (part.top < whole.top || part.bottom > whole.bottom) this.frame.scrollTop += part.top - whole.top - whole.height / 2;
    if (part.left < whole.left || part.right > whole.right) this.frame.scrollLeft += part.left - whole.left - whole.width / 2;
  }

  /* A mouse moves the picture; fingers do so without us. */
  #drag() {
    let from = null;
    this.frame.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button === 0) from = { x: event.clientX, y: event.clientY, moved: false };
    });
    window.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      if (!from.moved && Math.hypot(x, y) < STILL) return;
      this.frame.scrollBy(-x, -y);
      from = { x: event.clientX, y: event.clientY, moved: true };
      this.frame.classList.add("moving");
    });
    window.addEventListener("pointerup", () => {
      const moved = from?.moved;
      from = null;
      if (!moved) return;
      // The click that follows was none.
      this.frame.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
      setTimeout(() => this.frame.classList.remove("moving"));
    });
    this.frame.addEventListener("dragstart", (event) => event.preventDefault());
  }
}
