// The page stays as the server writes it; this brings news of it at once, sends its forms without leaving it, and opens exchanges in place.

import { announce } from "./announce.js";
import { copy } from "./copy.js";
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

/** A form's answer is the page again, at the step it is about. */
async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  button?.setAttribute("aria-disabled", "true");
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  form.removeAttribute("aria-busy");
  button?.removeAttribute("aria-disabled");
  if (!answer.ok) return location.reload();
  show(await answer.text());
  const step = document.getElementById(form.closest(".step")?.id === "order" ? "answer" : form.closest(".step")?.id);
  const title = step?.querySelector("h2");
  if (title && !step.contains(document.activeElement)) {
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
  if (form.closest("#order, #request") || form.dataset.leads) (step?.id === "request" ? document.getElementById("decision") : step)?.scrollIntoView({ block: "start" });
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
document.addEventListener("click", ({ target }) => target.closest?.("[data-copy]") && copy(target.closest("[data-copy]")));
