// Calls to our own server; what goes wrong comes back as a Trouble that says so in plain words.

const here = location.pathname.replace(/[^/]*$/, "");

export class Trouble extends Error {
  constructor({ title, words, about }, status) {
    super(`${title} ${words}`);
    Object.assign(this, { title, words, about, status });
  }
}

const UNREACHED = { about: "app", title: "The app's server cannot be reached.", words: "Your answers stay on this page. Keep it open and try again." };
const UNREADABLE = { about: "app", title: "The app's server did not answer as it should.", words: "Try again in a moment." };

/** GET without a body, POST with one; the JSON answered. Throws Trouble. */
export async function call(path, body) {
  let answer;
  try {
    answer = await fetch(here + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: "no-store",
    });
  } catch {
    throw new Trouble(UNREACHED, 0);
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok || told === null) throw new Trouble(told?.trouble ?? UNREADABLE, answer.status);
  return told;
}
