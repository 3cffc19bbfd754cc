// Talking to the server. Decisions go through an outbox: one at a time, in order, again until the
// server has them, so that a keystroke is never lost between here and the disk.

const token = location.hash.slice(1).split("/")[0];
const tab = crypto.randomUUID();
const RETRY = 1000;
const LISTEN = 1500;

export const startingKey = location.hash.slice(1).split("/")[1];

export function remember(key) {
  history.replaceState(null, "", `#${token}/${key}`);
}

export async function ask(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const answer = await fetch(`/api/${path}`, { ...options, headers });
  if (answer.ok) return answer;
  const { error } = await answer.json().catch(() => ({ error: answer.statusText }));
  throw new Error(error);
}

export async function read(path) {
  return (await ask(path)).json();
}

export class Outbox {
  #waiting = [];
  #emptying = Promise.resolve();
  #seen = 0;
  #saved;
  #heard;

  // `saved(error)` is called when all is saved, or with what prevents it; `heard(changes)` with
  // what other tabs decided.
  constructor({ saved, heard }) {
    this.#saved = saved;
    this.#heard = heard;
    setInterval(() => this.#listen(), LISTEN);
    document.addEventListener("visibilitychange", () => this.#listen());
    addEventListener("beforeunload", (event) => {
      if (this.#waiting.length) event.preventDefault();
    });
  }

  startFrom(revision) {
    this.#seen = Math.max(this.#seen, revision);
  }

  send(key, decision) {
    this.#waiting.push({ key, decision });
    if (this.#waiting.length === 1) this.#emptying = this.#empty();
  }

  // Resolves when the server has all that was decided so far.
  settled() {
    return this.#emptying;
  }

  async #empty() {
    while (this.#waiting.length) {
      try {
        await this.#post(this.#waiting[0]);
      } catch (error) {
        this.#saved(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.#saved();
  }

  async #post(first) {
    const body = JSON.stringify({ tab, seen: this.#seen, ...first.decision });
    const news = await ask(`documents/${first.key}`, { method: "POST", body });
    this.#hear(await news.json());
    this.#waiting.shift();
  }

  async #listen() {
    if (document.hidden || this.#waiting.length) return;
    try {
      this.#hear(await read(`changes?seen=${this.#seen}&tab=${tab}`));
    } catch {
      // The next decision will tell that the server is gone.
    }
  }

  // Answers may overtake each other: one that is older than what is known holds nothing new. What
  // is still waiting here will be written later than what is told, so it stands.
  #hear({ revision, changes }) {
    if (revision <= this.#seen) return;
    this.#seen = revision;
    const news = changes.filter((change) => !this.#overrules(change));
    if (news.length) this.#heard(news);
  }

  #overrules({ document: key, line }) {
    return this.#waiting.some(
      (mine) => mine.key === key && (line ? line in (mine.decision.lines ?? {}) : "done" in mine.decision),
    );
  }
}
