// A file the payer asks for, read in the browser and kept in the answer itself.

import { h } from "../element.js";
import { all, URL as NAME, valueOf } from "../form/extensions.js";

const MOST_BYTES = 10_000_000;

export function attachment(node, use) {
  const kinds = all(node.item, NAME.mimeType).map(valueOf);
  const input = h("input", { id: use.id, type: "file", accept: kinds.join(",") || undefined, "aria-required": node.item.required ? "true" : undefined, onchange: () => take() });
  const held = h("span", { class: "held" });
  const take = async () => {
    const [file] = input.files;
    node.wrongWords = undefined;
    if (!file) return;
    if (file.size > MOST_BYTES) {
      node.wrongWords = "Choose a file of at most 10 MB.";
      use.refresh();
      return;
    }
    const data = await base64(file);
    use.say([{ valueAttachment: { contentType: file.type || "application/octet-stream", data, size: file.size, title: file.name, creation: new Date(file.lastModified).toISOString() } }]);
  };
  return {
    element: h("span", { class: "file" }, input, held),
    single: input,
    focus: () => input.focus(),
    refresh() {
      const [first] = node.answers;
      const file = first && valueOf(first.value);
      held.textContent = file ? `${file.title ?? "A file"}${file.size ? `, ${Math.max(1, Math.round(file.size / 1000))} kB` : ""} is attached.` : "";
      if (!first) input.value = "";
    },
  };
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
