// One exchange, fetched when its arrow is opened for the first time.

import { parse } from "./patch.js";

export async function open(details) {
  const body = details.querySelector(":scope > .body");
  if (!body || details.dataset.read) return;
  details.dataset.read = "yes";
  const answer = await fetch(details.dataset.src, { cache: "no-store" });
  if (!answer.ok) return void delete details.dataset.read;
  body.replaceChildren(...parse(await answer.text()).body.childNodes);
}
