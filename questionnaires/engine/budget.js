// Stop a run-away define: each step of an ELM expression asks whether its time is up.

import { Expression } from "cql-execution";

export class OutOfTime extends Error {}

let until = Infinity;
let steps = 0;

const { execute } = Expression.prototype;
Expression.prototype.execute = function (context) {
  steps += 1;
  if (steps % 64 === 0 && Date.now() > until) throw new OutOfTime();
  return execute.call(this, context);
};

/** From now on a step that begins after so many milliseconds throws OutOfTime; returns the end itself. */
export function allow(milliseconds) {
  steps = 63;
  until = Date.now() + milliseconds;
  return until;
}

/** Whether an error, or what caused it, is that the time was up. */
export const isOutOfTime = (error) => error instanceof OutOfTime || (error?.cause != null && isOutOfTime(error.cause));
