// Which field belongs to which type of question.

import { boolean, choice } from "./choices.js";
import { attachment } from "./files.js";
import { date, dateTime, time } from "./moments.js";
import { decimal, integer, quantity } from "./numbers.js";
import { reference } from "./references.js";
import { string, text, url } from "./texts.js";

const KINDS = { boolean, choice, "open-choice": choice, integer, decimal, quantity, date, dateTime, time, string, text, url, reference, attachment };

/** The field of a question; a type this app does not know is asked as words, so that it stops nobody. */
export const fieldFor = (node, use) => (KINDS[node.item.type] ?? text)(node, use);
