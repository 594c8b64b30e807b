// Keep the form in the chart a moment after each change, one save at a time; say how it stands, and try again by itself.

import { call } from "./server.js";

const WAIT = 1200;
const AGAIN = 8000;

export class Saver {
  watch = () => {};
  #clock = null;
  #running = null;
  #dirty = false;

  /** `content` gives the response as it is now; `kept` takes what the chart made of it (id, meta). */
  constructor(content, kept) {
    Object.assign(this, { content, kept });
    addEventListener("beforeunload", (event) => (this.#dirty || this.#running) && event.preventDefault());
    addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        this.now().catch(() => {});
      }
    });
  }

  /** Something changed: save soon. */
  soon() {
    if (this.stopped) return;
    this.#dirty = true;
    this.watch("Not saved yet");
    clearTimeout(this.#clock);
    this.#clock = setTimeout(() => this.now().catch(() => {}), WAIT);
  }

  /** Save what is not saved; resolves when it is. Throws Trouble. */
  async now() {
    clearTimeout(this.#clock);
    while (this.#running) await this.#running.catch(() => {});
    if (!this.#dirty || this.stopped) return;
    this.#dirty = false;
    this.watch("Saving…");
    this.#running = call("form", { response: this.content() });
    try {
      this.kept(await this.#running);
      this.watch(`Saved in the chart at ${new Date().toTimeString().slice(0, 5)}`);
    } catch (trouble) {
      this.#dirty = true;
      this.watch(`Not saved. ${trouble.title}`, () => this.now().catch(() => {}));
      if ([401, 409].includes(trouble.status)) this.stopped = true;
      else this.#clock = setTimeout(() => this.now().catch(() => {}), AGAIN);
      throw trouble;
    } finally {
      this.#running = null;
    }
  }

  /** Save again after a stop. */
  start() {
    this.stopped = false;
  }

  /** Nothing more is saved from this page. */
  stop() {
    this.stopped = true;
    this.#dirty = false;
    clearTimeout(this.#clock);
  }
}
