// Copy a token to the clipboard; where there is none, select it, so that the keyboard can.

import { announce } from "./announce.js";

export async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => (button.textContent = "Copy"), 2000);
  } catch {
    field.focus();
  }
}
