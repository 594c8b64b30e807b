// Pages hear what changes: they look for news while somebody may see them, say in words what did not work, and keep nothing (decision 0018).
const EVERY = 30_000, STEP = 5_000;
const BUSY = "a:hover, button:hover, :focus"; // what somebody is about to press does not change beneath the hand
const trouble = document.getElementById("trouble"), news = () => document.getElementById("news");
let looked = Date.now();

function look() {
  if (document.hidden || Date.now() - looked < EVERY || !news()) return;
  looked = Date.now();
  htmx.trigger(news(), "look");
}

function forget() {
  sessionStorage.removeItem("htmx-current-path-for-history"); // it may hold what was searched for
}

function away() {
  trouble.textContent = trouble.dataset.away;
  trouble.dataset.told = "away";
}

forget();
setInterval(look, STEP);
document.addEventListener("visibilitychange", look);

document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.dataset.tag) detail.headers["If-None-Match"] = target.dataset.tag;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, target } = detail, readable = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/html");
  if (detail.shouldSwap && !readable) away();
  if (!readable || (target.id === "news" && target.querySelector(BUSY))) detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const tag = detail.xhr?.getResponseHeader("ETag");
  if (tag && detail.target.id === "news") detail.target.dataset.tag = tag;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { status } = detail.xhr, byHand = detail.requestConfig.elt.id !== "news";
  if (!status || status >= 400 || !(byHand || trouble.dataset.told)) return;
  trouble.replaceChildren();
  delete trouble.dataset.told;
});
document.addEventListener("htmx:afterSettle", () => {
  forget();
  const here = document.querySelector("[data-focus]"); // what was pressed is gone: this is what it has become
  here?.removeAttribute("data-focus");
  here?.focus();
});
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failure, away);
