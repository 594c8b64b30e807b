// Words for whoever cannot see what changed on the page: each said once.

let said = "";

export function announce(words) {
  if (!words || words === said) return;
  said = words;
  document.getElementById("announcements").textContent = words;
}
