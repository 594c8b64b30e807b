// Clocks on a page of the desk go on: what is left of each due time, told anew in the server's own words (fhir_pa/web/telling.py, left).
const MINUTE = 60_000, SOON = 24 * 60 * MINUTE, EVERY = 20_000;
const sent = Date.parse(document.querySelector("meta[name=at]").content), arrived = performance.now();
const now = () => sent + performance.now() - arrived; // the server's clock: whoever's machine goes wrong still sees what is left

const told = (count, word) => (count ? `${count} ${word}${count === 1 ? "" : "s"}` : "");

export function left(due, at) {
  const minutes = Math.floor(Math.abs(due - at) / MINUTE), days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60);
  const parts = days ? [told(days, "day"), told(hours, "hour")] : [told(hours, "hour"), told(minutes % 60, "minute")];
  return `${parts.filter(Boolean).join(" ") || "less than a minute"} ${due > at ? "left" : "over"}`;
}

function tell() {
  const at = now();
  for (const clock of document.querySelectorAll("[data-due]")) {
    const due = Date.parse(clock.dataset.due), words = left(due, at);
    if (clock.textContent !== words) clock.textContent = words;
    const pressed = clock.closest(".calm, .soon, .over");
    if (pressed) {
      pressed.classList.remove("calm", "soon", "over");
      pressed.classList.add(due <= at ? "over" : due - at <= SOON ? "soon" : "calm");
    }
  }
}

setInterval(tell, EVERY);
document.addEventListener("visibilitychange", () => document.hidden || tell());
