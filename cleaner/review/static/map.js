// The whole document as a strip: a band for each line in the colour of its label, stronger where a
// person decided, paler where the model is uncertain.

export class Strip {
  #canvas;
  #queued = false;
  #lines = [];
  #cursor = 0;

  constructor(canvas, go) {
    this.#canvas = canvas;
    canvas.addEventListener("click", (event) => {
      const at = event.offsetY / canvas.clientHeight;
      go(Math.min(this.#lines.length - 1, Math.floor(at * this.#lines.length)));
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  show(lines, cursor) {
    this.#lines = lines;
    this.#cursor = cursor;
    this.draw();
  }

  draw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#paint();
    });
  }

  #paint() {
    const canvas = this.#canvas;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    const brush = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const hues = { article: "", junk: "", spam: "" };
    for (const label in hues) hues[label] = style.getPropertyValue(`--${label}`);
    const band = canvas.height / Math.max(1, this.#lines.length);
    const gap = band > 4 ? devicePixelRatio : 0;
    this.#lines.forEach((line, index) => {
      brush.fillStyle = hues[line.label];
      brush.globalAlpha = line.chosen ? 1 : line.uncertain ? 0.3 : 0.6;
      brush.fillRect(0, index * band, canvas.width, Math.max(1, band - gap));
    });
    brush.globalAlpha = 1;
    brush.fillStyle = style.getPropertyValue("--ink");
    brush.fillRect(0, this.#cursor * band, canvas.width, Math.max(2 * devicePixelRatio, Math.min(band, 3)));
  }
}
