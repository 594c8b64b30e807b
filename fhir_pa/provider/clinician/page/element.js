// Elements in one line each, and words for screen readers. Text is only ever text here: no markup is parsed.

/** h("p", { class: "quiet", onclick }, "words", child, …): attributes by name, properties where a value is no text. */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return made;
}

/** Set the children only when they changed, so that what a screen reader reads stays in place. */
export function fill(element, ...children) {
  const made = h("div", {}, ...children);
  if (made.innerHTML !== element.innerHTML) element.replaceChildren(...made.childNodes);
}

let number = 0;
export const fresh = (word) => `${word}-${(number += 1)}`;

/** Say something to who cannot see it happen. */
export function announce(words) {
  document.getElementById("announcements").textContent = words;
}

export const unseen = (words) => h("span", { class: "unseen" }, words);

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A FHIR date or dateTime as people read it: 16 Nov 2026, or Nov 2026 when no more is known. */
export function day(text) {
  const [year, month, date] = String(text).slice(0, 10).split("-");
  return [date && String(Number(date)), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
}

/** The time of a dateTime, as written there. */
export const clock = (text) => /T(\d\d:\d\d)/.exec(String(text))?.[1];

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
