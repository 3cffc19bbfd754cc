// The page: a document's lines, what is decided about them, and the clean text that comes of it.

import { Outbox, ask, read, remember, startingKey } from "./api.js";
import { Strip } from "./map.js";
import { Preview } from "./preview.js";
import { shown } from "./text.js";

const LABELS = ["article", "junk", "spam"];
const PAGE = 20;
const MOST_MARKS = 2000;
const FADE = 6000;
const RELEASE = 60_000;

const $ = (id) => document.getElementById(id);
const list = $("lines");
const reason = element("p", "reason");

let documents = [];
let current = { key: "", lines: [] };
let rows = [];
let cursor = 0;
let anchor = 0;
let only = false; // show uncertain lines only
let query = "";
const undos = new Map(); // by document: what to take back, the last decision at the end

const strip = new Strip($("map"), (index) => go(index));
const preview = new Preview($("preview"), (number) =>
  go(current.lines.findIndex((line) => line.number === number)),
);
const outbox = new Outbox({ saved: whenSaved, heard: whenHeard });

// -- documents -----------------------------------------------------------------------------------

async function loadDocuments() {
  const answer = await read("documents");
  outbox.startFrom(answer.revision);
  documents = answer.documents;
  $("documents").replaceChildren(...documents.map(documentRow));
  $("skipped").hidden = !answer.skipped.length;
  $("skipped").firstElementChild.textContent = `${answer.skipped.length} could not be read`;
  $("skipped").lastElementChild.replaceChildren(
    ...answer.skipped.map(({ id, reason }) => element("li", "", shown(`${id}: ${reason}`))),
  );
  paintProgress();
}

function documentRow(outline) {
  const row = $("document-template").content.firstElementChild.cloneNode(true);
  row.dataset.key = outline.key;
  row.querySelector(".what").append(shown(outline.title));
  row.querySelector("bdi").append(shown(outline.id.split("/").slice(-2).join("/")));
  row.title = outline.id;
  paintDocument(row, outline);
  return row;
}

function paintDocument(row, { key, done, uncertain, corrected }) {
  row.classList.toggle("done", done);
  row.classList.toggle("here", key === current.key);
  const work = uncertain ? `${uncertain} uncertain` : "sure";
  row.querySelector(".state").textContent = done ? "✓ done" : corrected ? `● ${work}` : work;
}

function paintProgress() {
  const done = documents.filter((outline) => outline.done).length;
  $("progress-text").textContent = `${done} of ${documents.length} reviewed`;
  $("progress").max = documents.length;
  $("progress").value = done;
}

// Until the next document is there, keys and clicks do nothing: they would label the last one.
async function turnTo(next) {
  list.ariaBusy = "true";
  try {
    await outbox.settled(); // or the server would not know yet what was just decided
    await open(await next());
  } catch (error) {
    fail(error);
  } finally {
    list.ariaBusy = "false";
  }
}

function isBusy() {
  return list.ariaBusy === "true";
}

async function open(key) {
  const answer = await read(`documents/${key}`);
  current = { ...answer, lines: answer.lines.map(withLabel) };
  remember(key);
  only = false;
  query = $("search").value = "";
  $("title").replaceChildren(shown(current.title));
  $("place").replaceChildren(shown(current.id));
  document.title = `${current.title} · cleaner review`;
  list.lang = current.language ?? "";
  rows = current.lines.map(lineRow);
  preview.clear({ language: current.language, headline: current.title });
  list.replaceChildren(...rows);
  list.scrollTop = 0;
  for (const row of $("documents").children) {
    row.classList.toggle("here", row.dataset.key === key);
  }
  $("documents").querySelector(".here").scrollIntoView({ block: "nearest" });
  cursor = anchor = 0;
  filter();
  paintCounts();
  go(Math.max(0, current.lines.findIndex(isOpen)));
  list.focus({ preventScroll: true });
  paintPreview().catch(fail);
}

function neighbour(step) {
  const here = documents.findIndex((outline) => outline.key === current.key);
  const next = documents[here + step];
  if (next) turnTo(() => next.key);
}

function finish() {
  current.done = !current.done;
  outbox.send(current.key, { done: current.done });
  if (current.done) turnTo(afterThis);
  else paintCounts();
}

async function afterThis() {
  await loadDocuments();
  const next = documents.find((outline) => !outline.done);
  if (!next) toast("All documents are reviewed. Export gives them as labelled JSON lines.");
  return next?.key ?? current.key;
}

// -- lines ---------------------------------------------------------------------------------------

function withLabel(line) {
  return Object.defineProperty(line, "label", { get: () => line.chosen ?? line.found });
}

function isOpen(line) {
  return line.uncertain && !line.chosen;
}

function lineRow(line, index) {
  const row = $("line-template").content.firstElementChild.cloneNode(true);
  const [number, text] = row.children;
  row.id = `line-${index}`;
  row.classList.toggle("apart", line.blank);
  number.textContent = line.number;
  text.append(shown(line.text));
  if (line.more) text.append(element("span", "more", `… ${count(line.more)} more characters`));
  paintLine(row, line);
  return row;
}

function paintLine(row, line) {
  const [, , label, probability] = row.children;
  row.dataset.label = line.label;
  row.classList.toggle("chosen", Boolean(line.chosen));
  row.classList.toggle("open", isOpen(line));
  row.style.setProperty("--doubt", line.chosen ? 0 : line.probability.toFixed(2));
  label.textContent = isOpen(line) ? `${line.label}?` : line.label;
  probability.textContent = percent(line.probability);
}

function paintCounts() {
  for (const label of LABELS) {
    const button = document.querySelector(`.dock [data-label=${label}]`);
    const lines = current.lines.filter((line) => line.label === label);
    button.querySelector(".count").textContent = count(lines.length);
  }
  const open = current.lines.filter(isOpen).length;
  const language = current.language ?? "language unknown";
  $("facts").textContent = ` · ${language} · ${count(current.lines.length)} lines`;
  $("uncertain-count").textContent = count(open);
  $("done").lastElementChild.textContent = current.done ? "Reopen" : "Done, next";
  $("undo").disabled = !undos.get(current.key)?.length;
  strip.show(current.lines, cursor);
  const outline = documents.find((outline) => outline.key === current.key);
  if (!outline) return;
  outline.uncertain = open;
  outline.corrected = current.lines.filter((line) => line.chosen).length;
  outline.done = current.done;
  paintDocument($("documents").querySelector(`[data-key="${current.key}"]`), outline);
  paintProgress();
}

// -- moving --------------------------------------------------------------------------------------

function go(index, { extend = false } = {}) {
  if (rows[index]) select(extend ? anchor : index, index);
}

function select(from, to) {
  const before = new Set(range());
  rows[cursor]?.classList.remove("here");
  [anchor, cursor] = [from, to];
  const after = new Set(range());
  for (const i of before) if (!after.has(i)) rows[i].setAttribute("aria-selected", "false");
  for (const i of after) if (!before.has(i)) rows[i].setAttribute("aria-selected", "true");
  rows[cursor].classList.add("here");
  rows[cursor].scrollIntoView({ block: "nearest" });
  list.setAttribute("aria-activedescendant", rows[cursor].id);
  paintReason();
  preview.mark(current.lines[cursor].number);
  strip.show(current.lines, cursor);
}

// The selected lines; hidden ones between them are left alone.
function range() {
  const [first, last] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  const found = [];
  for (let i = first; i <= last; i++) if (rows[i] && !rows[i].hidden) found.push(i);
  return found;
}

function step(direction, { extend = false, times = 1, accept = () => true } = {}) {
  let index = cursor;
  for (let i = cursor + direction; rows[i] && times; i += direction) {
    if (rows[i].hidden || !accept(current.lines[i])) continue;
    index = i;
    times--;
  }
  go(index, { extend });
}

function paintReason() {
  const line = current.lines[cursor];
  if ($("reason").ariaPressed !== "true" || !line) return reason.remove();
  const found = `${line.found}: ${line.reason}`;
  reason.textContent = line.chosen
    ? `You say ${line.chosen}. The model says ${found}.`
    : `${capital(found)}.`;
  rows[cursor].append(reason);
}

// -- deciding ------------------------------------------------------------------------------------

function choose(label) {
  const selected = range().map((index) => current.lines[index]);
  const chosen = selected.filter((line) => line.chosen !== label);
  if (chosen.length) {
    const before = Object.fromEntries(chosen.map((line) => [line.number, line.chosen]));
    const after = Object.fromEntries(chosen.map((line) => [line.number, label]));
    const undo = { before, after, cursor, anchor };
    undos.set(current.key, [...(undos.get(current.key) ?? []), undo]);
    decide(after);
  }
  go(Math.max(cursor, anchor));
  step(1);
}

// Take the last decision back, except where another tab has decided since.
function undo() {
  const last = undos.get(current.key)?.pop();
  if (!last) return;
  const mine = current.lines.filter(({ number, chosen }) => chosen === last.after[number]);
  const before = mine.map(({ number }) => [number, last.before[number]]);
  if (before.length) decide(Object.fromEntries(before));
  if (before.length < Object.keys(last.after).length) {
    toast("Another tab has changed some of these lines since; they stay.");
  }
  select(last.anchor, last.cursor);
  paintCounts();
}

function decide(choices) {
  apply(choices);
  outbox.send(current.key, { lines: choices });
  $("saved").textContent = "Saving…";
}

// Show choices, by line number; returns the numbers of the lines that were otherwise before.
function apply(choices) {
  const changed = [];
  current.lines.forEach((line, index) => {
    if (!(line.number in choices) || line.chosen === choices[line.number]) return;
    line.chosen = choices[line.number];
    paintLine(rows[index], line);
    changed.push(line.number);
  });
  paintCounts();
  paintReason();
  return changed;
}

function whenSaved(error) {
  const state = $("saved");
  state.classList.toggle("failed", Boolean(error));
  state.textContent = error ? `Not saved yet: ${error.message}. Trying again.` : "Saved";
  if (error) return;
  paintPreview().catch(fail);
}

function whenHeard(changes) {
  const here = changes.filter((change) => change.document === current.key);
  const whole = here.filter((change) => change.line === 0).at(-1);
  if (whole) current.done = whole.choice === "done";
  const lines = here.filter((change) => change.line !== 0);
  const changed = apply(Object.fromEntries(lines.map(({ line, choice }) => [line, choice])));
  if (changed.length) {
    const noun = changed.length === 1 ? "line" : "lines";
    toast(`Changed in another tab: ${noun} ${ranges(changed)}.`);
    paintPreview().catch(fail);
  }
  if (here.length < changes.length || whole) loadDocuments().catch(fail);
}

// -- filter and search ---------------------------------------------------------------------------

function filter() {
  const wanted = query.toLowerCase();
  let visible = 0;
  let skipped = false;
  current.lines.forEach((line, index) => {
    const hidden = (only && !isOpen(line)) || !line.text.toLowerCase().includes(wanted);
    rows[index].hidden = hidden;
    rows[index].classList.toggle("gap", skipped && !hidden && visible > 0);
    skipped = hidden;
    if (!hidden) visible++;
  });
  $("uncertain").ariaPressed = only;
  const notice = $("notice");
  notice.hidden = !only && !query;
  notice.textContent = visible
    ? `${count(visible)} of ${count(rows.length)} lines shown`
    : "No such line here";
  highlight(wanted);
  if (visible && rows[cursor].hidden) go(rows.findIndex((row) => !row.hidden));
  else go(cursor);
}

function highlight(wanted) {
  if (!globalThis.Highlight) return;
  const marks = [];
  for (const row of wanted ? rows : []) {
    if (row.hidden || marks.length > MOST_MARKS) continue;
    for (const node of row.children[1].childNodes) {
      const at = node.nodeType === Node.TEXT_NODE ? node.data.toLowerCase().indexOf(wanted) : -1;
      if (at < 0 || at + wanted.length > node.length) continue;
      const mark = new Range();
      mark.setStart(node, at);
      mark.setEnd(node, at + wanted.length);
      marks.push(mark);
    }
  }
  CSS.highlights.set("found", new Highlight(...marks));
}

function toggleOnly() {
  only = !only;
  filter();
}

// -- preview -------------------------------------------------------------------------------------

let asked = 0;
async function paintPreview() {
  const turn = ++asked;
  const { paragraphs } = await read(`documents/${current.key}/preview`);
  if (turn !== asked) return; // a later answer is on its way
  preview.show(paragraphs);
  preview.mark(current.lines[cursor].number);
}

// -- small things --------------------------------------------------------------------------------

function element(name, className = "", content = "") {
  const node = document.createElement(name);
  node.className = className;
  node.append(content);
  return node;
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function count(number) {
  return number.toLocaleString("en");
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

// Numbers in order, with runs drawn together: 3–5, 9.
function ranges(numbers) {
  const runs = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
}

let fading;
function toast(message) {
  $("toast").textContent = message;
  $("toast").hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => ($("toast").hidden = true), FADE);
}

function fail(error) {
  toast(capital(error.message));
}

async function download() {
  const file = await (await ask("export")).blob();
  if (!file.size) return toast("Nothing is reviewed yet.");
  const link = element("a");
  link.href = URL.createObjectURL(file);
  link.download = "labels.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE);
}

function toggleReason() {
  $("reason").ariaPressed = $("reason").ariaPressed !== "true";
  paintReason();
}

// -- keys and mouse ------------------------------------------------------------------------------

const KEYS = {
  j: ({ shiftKey: extend }) => step(1, { extend }),
  k: ({ shiftKey: extend }) => step(-1, { extend }),
  arrowdown: ({ shiftKey: extend }) => step(1, { extend }),
  arrowup: ({ shiftKey: extend }) => step(-1, { extend }),
  pagedown: ({ shiftKey: extend }) => step(1, { extend, times: PAGE }),
  pageup: ({ shiftKey: extend }) => step(-1, { extend, times: PAGE }),
  home: ({ shiftKey: extend }) => step(-1, { extend, times: Infinity }),
  end: ({ shiftKey: extend }) => step(1, { extend, times: Infinity }),
  n: ({ shiftKey }) => step(shiftKey ? -1 : 1, { accept: isOpen }),
  h: () => neighbour(-1),
  l: () => neighbour(1),
  arrowleft: () => neighbour(-1),
  arrowright: () => neighbour(1),
  u: undo,
  r: toggleReason,
  f: toggleOnly,
  d: () => document.body.classList.toggle("rail-toggled"),
  p: () => document.body.classList.toggle("preview-toggled"),
  enter: ({ repeat }) => repeat || finish(),
  "/": () => $("search").select(),
  "?": () => $("help").showModal(),
};

// The digits by their place, because on French keyboards they need shift.
const DIGITS = { 0: null, 1: "article", 2: "junk", 3: "spam" };

addEventListener("keydown", (event) => {
  if ($("help").open || event.altKey || event.isComposing) return;
  const typing = event.target === $("search");
  if (typing) {
    if (event.key === "Escape") search("");
    if (event.key === "Escape" || event.key === "Enter") list.focus();
    return;
  }
  const onButton = event.target.closest("button, summary") && ["Enter", " "].includes(event.key);
  if (onButton) return;
  const action = actionOf(event);
  if (!action || isBusy()) return;
  event.preventDefault();
  action(event);
});

function actionOf(event) {
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return key === "z" && !event.shiftKey ? undo : undefined;
  if (key === "escape") return () => (query ? search("") : go(cursor));
  const digit = event.code.match(/^(?:Digit|Numpad)([0-3])$/)?.[1];
  return digit ? () => choose(DIGITS[digit]) : KEYS[key];
}

function search(wanted) {
  query = $("search").value = wanted;
  filter();
}

$("search").addEventListener("input", () => search($("search").value));
list.addEventListener("mousedown", (event) => {
  if (event.shiftKey) event.preventDefault(); // it would select text
});
list.addEventListener("click", (event) => {
  const index = rows.indexOf(event.target.closest(".line"));
  if (index >= 0) go(index, { extend: event.shiftKey });
});
$("documents").addEventListener("click", (event) => {
  const row = event.target.closest("li");
  if (row && !isBusy()) turnTo(() => row.dataset.key);
});

// A click on a button leaves the keys with the lines.
function onClick(button, action) {
  button.addEventListener("click", () => {
    if (!isBusy()) action();
    if (!$("help").open) list.focus({ preventScroll: true });
  });
}

for (const button of document.querySelectorAll(".dock [data-label]")) {
  onClick(button, () => choose(button.dataset.label));
}
onClick($("reason"), toggleReason);
onClick($("undo"), undo);
onClick($("done"), finish);
onClick($("uncertain"), toggleOnly);
onClick($("export"), () => download().catch(fail));
onClick($("help-open"), KEYS["?"]);
onClick($("rail-toggle"), KEYS.d);
onClick($("preview-toggle"), KEYS.p);

try {
  await loadDocuments();
  const known = documents.find((outline) => outline.key === startingKey);
  await open((known ?? documents[0]).key);
} catch (error) {
  $("title").textContent = capital(error.message);
}
