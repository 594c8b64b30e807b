// The page stays as the server writes it; this brings news of it at once, sends its forms without leaving it, and opens exchanges in place.

import { announce } from "./announce.js";
import { open } from "./exchange.js";
import { parse, patch, remember } from "./patch.js";

const live = document.querySelector("[data-live]");
let asking = false;
let again = false;

/** The page as it is now, put in the place of what changed. One at a time: what rings meanwhile is asked for after. */
async function refresh() {
  if (asking) return void (again = true);
  asking = true;
  try {
    do {
      again = false;
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok) show(await answer.text());
    } while (again);
  } finally {
    asking = false;
  }
}

function show(html) {
  const fresh = parse(html);
  patch(document, fresh);
  const news = document.querySelector("[data-announce]")?.textContent.trim();
  announce(document.querySelector("#trouble:not([hidden])")?.textContent || news || "");
}

// Where the answer to a form of a step is to be seen; a form elsewhere is answered where it stands.
const LEADS = { order: "answer", request: "decision" };

/** A form's answer is the page again. What was folded open for it closes, and focus and view go on to where the answer stands. */
async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const from = form.closest(".step")?.id;
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  form.removeAttribute("aria-busy");
  if (!answer.ok) return location.reload();
  form.closest("details")?.removeAttribute("open");
  show(await answer.text());
  const step = document.getElementById(LEADS[from] ?? from);
  const title = step?.querySelector("h2");
  if (title && !step.contains(document.activeElement)) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  if (LEADS[from]) step?.scrollIntoView({ block: "start" });
}

if (live) {
  remember(document);
  new EventSource("/events").addEventListener("message", refresh);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-patch]")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  document.addEventListener("toggle", ({ target }) => target.open && target.dataset.src && open(target), true);
}
