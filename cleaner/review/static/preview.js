// The clean text, as it follows from the labels.

import { shown } from "./text.js";

export class Preview {
  #pane;
  #text;
  #paragraphs = [];
  #places = new Map(); // the paragraph of each kept line, by its number
  #headline = "";

  // `go(number)` is called for the first line of a paragraph that is clicked.
  constructor(pane, go) {
    this.#pane = pane;
    this.#text = pane.firstElementChild;
    pane.addEventListener("click", (event) => {
      const first = event.target.closest("[data-first]")?.dataset.first;
      if (first) go(Number(first));
    });
  }

  // Begin another document.
  clear({ language, headline }) {
    this.#text.lang = language ?? "";
    this.#headline = headline;
    this.#paragraphs = [];
    this.#places = new Map();
    this.#text.replaceChildren();
    this.#pane.scrollTop = 0;
  }

  show(paragraphs) {
    this.#replace(paragraphs);
    this.#paragraphs = paragraphs;
    this.#places = new Map();
    paragraphs.forEach(({ lines }, index) => {
      for (const number of lines) this.#places.set(number, this.#text.children[index]);
    });
    if (!paragraphs.length) this.#text.replaceChildren(nothing());
  }

  // Mark the paragraph that holds a line.
  mark(number) {
    this.#text.querySelector(".here")?.classList.remove("here");
    const node = this.#places.get(number);
    node?.classList.add("here");
    node?.scrollIntoView({ block: "nearest" });
  }

  // Only what lies between the first and the last difference is made anew.
  #replace(wanted) {
    const old = this.#paragraphs;
    if (!old.length) this.#text.replaceChildren();
    const most = Math.min(old.length, wanted.length);
    let head = 0;
    while (head < most && same(old[head], wanted[head])) head++;
    let tail = 0;
    while (tail < most - head && same(old.at(-1 - tail), wanted.at(-1 - tail))) tail++;
    const stale = [...this.#text.children].slice(head, old.length - tail);
    const after = this.#text.children[old.length - tail] ?? null;
    for (const node of stale) node.remove();
    for (const paragraph of wanted.slice(head, wanted.length - tail)) {
      this.#text.insertBefore(this.#node(paragraph), after);
    }
  }

  #node({ text, lines }) {
    const node = document.createElement("p");
    node.className = text === this.#headline ? "headline" : "";
    node.dir = "auto";
    node.dataset.first = lines[0];
    node.append(shown(text));
    return node;
  }
}

function same(a, b) {
  return a.text === b.text && a.lines.join() === b.lines.join();
}

function nothing() {
  const node = document.createElement("p");
  node.className = "nothing";
  node.textContent = "Nothing is kept of this document.";
  return node;
}
