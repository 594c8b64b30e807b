// Ask the worker that runs CQL; each question has its time, after which the worker is thrown away and the next gets a fresh one.

import { scriptUrl } from "../trusted.js";

const SECONDS = 20;

export class Stopped extends Error {}

export class Engine {
  #worker = null;
  #waiting = new Map();
  #number = 0;

  /** What CqlFacts.run tells (engine/execute.js): { name: { value } | { failed } }. Throws Stopped. */
  ask(request) {
    const worker = (this.#worker ??= this.#start());
    const number = (this.#number += 1);
    return new Promise((resolve, reject) => {
      const clock = setTimeout(() => this.#stop(`The payer's logic gave no answer within ${SECONDS} seconds.`), SECONDS * 1000);
      this.#waiting.set(number, { resolve, reject, clock });
      worker.postMessage({ number, request: { milliseconds: SECONDS * 900, ...request } });
    });
  }

  #start() {
    const worker = new Worker(scriptUrl("/page/facts/worker.js"));
    worker.onmessage = ({ data: { number, told, thrown } }) => {
      const waiting = this.#waiting.get(number);
      if (!waiting) return;
      clearTimeout(waiting.clock);
      this.#waiting.delete(number);
      if (thrown) waiting.reject(new Stopped("The payer's logic could not be started."));
      else waiting.resolve(told);
    };
    worker.onerror = () => this.#stop("The payer's logic could not be started.");
    return worker;
  }

  #stop(words) {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject, clock } of this.#waiting.values()) {
      clearTimeout(clock);
      reject(new Stopped(words));
    }
    this.#waiting.clear();
  }
}
