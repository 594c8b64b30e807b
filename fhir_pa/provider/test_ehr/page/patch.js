// Put what the server wrote anew in the place of what it wrote before, and leave alone what did not change or somebody is using.
// Parts are known by their id: an unchanged part keeps its very elements, and with them what was opened, typed or loaded there.

const policy = globalThis.trustedTypes?.createPolicy("test-ehr", { createHTML: (text) => text });
const known = new Map();

/** A page of our own server as a document; nothing in it runs. */
export const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

/** What the server wrote, part by part. */
export function remember(page) {
  for (const part of page.querySelectorAll("main [id]")) known.set(part.id, part.outerHTML);
}

export function patch(page, fresh) {
  const written = new Map([...fresh.querySelectorAll("main [id]")].map((part) => [part.id, part.outerHTML]));
  const focused = page.activeElement?.id;
  for (const part of [...page.querySelectorAll("main [id]")]) {
    const next = fresh.getElementById(part.id);
    if (!next || part.parentElement?.closest("main [id]") || known.get(part.id) === written.get(part.id)) continue;
    const [top, atEnd] = [part.scrollTop, part.scrollTop + part.clientHeight >= part.scrollHeight - 80];
    carry(part, next);
    part.replaceWith(page.adoptNode(next));
    next.scrollTop = atEnd ? next.scrollHeight : top;
  }
  known.clear();
  for (const [id, html] of written) known.set(id, html);
  if (focused && page.activeElement?.id !== focused) page.getElementById(focused)?.focus({ preventScroll: true });

  /** Inside a part that changed: unchanged parts move over as they are; of changed ones, what was opened or typed. */
  function carry(old, next) {
    if (old.tagName === "DETAILS" && next.tagName === "DETAILS") next.open = old.open;
    for (const inner of [...next.querySelectorAll("[id]")]) {
      const was = old.querySelector(`#${CSS.escape(inner.id)}`);
      if (!was || !next.contains(inner)) continue;
      if (known.get(inner.id) === written.get(inner.id)) inner.replaceWith(page.adoptNode(was));
      else if (was.tagName === "DETAILS") inner.open = was.open;
      else typed(was, inner);
    }
  }
}

/** What somebody typed or chose stays, unless the server's own answer changed. */
function typed(was, inner) {
  if (["checkbox", "radio"].includes(was.type)) {
    if (was.checked !== was.defaultChecked) inner.checked = was.checked;
  } else if ("defaultValue" in was && was.value !== was.defaultValue) inner.value = was.value;
}
