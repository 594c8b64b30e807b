// Pictures, sounds and files that go with a question or an option (SDC itemMedia): only what the form itself holds is shown; nothing is fetched.

import { h } from "../element.js";
import { URL as NAME, value } from "../form/extensions.js";
import { link } from "./markup.js";

const PICTURE = /^image\/(png|jpeg|gif|webp|svg\+xml)$/;
const PLAYED = /^(audio|video)\/[\w.+-]+$/;
const BASE64 = /^[A-Za-z0-9+/\s]+=*\s*$/;

/** A figure for the attachment of an item or option; null when it has none. A picture shows no script: it is an image to the browser. */
export function mediaOf(holder, form) {
  const attachment = value(holder, NAME.itemMedia, NAME.itemAnswerMedia);
  if (!attachment) return null;
  const { contentType: type = "", title } = attachment;
  const data = attachment.data ?? contained(attachment.url, form)?.data;
  const about = title ?? `Shown with: ${holder.text ?? "this option"}`;
  if (!data) return elsewhere(attachment.url, about);
  if (!BASE64.test(data)) return null;
  const address = `data:${type};base64,${data}`;
  if (PICTURE.test(type)) return h("img", { class: "media", src: address, alt: about });
  if (PLAYED.test(type)) return h(type.split("/")[0], { class: "media", src: address, controls: true, "aria-label": about });
  return h("button", { type: "button", class: "quiet", onclick: () => save(type, data, about) }, `Open: ${about}`);
}

/** The resource a form contains under this reference. */
export const contained = (address, form) => (address?.startsWith("#") ? form.questionnaire.contained?.find(({ id }) => `#${id}` === address) : undefined);

/** What lies elsewhere is not loaded into the page; the clinician may go there. */
function elsewhere(address, about) {
  const made = h("a", {}, `${about} (opens another page)`);
  link(made, address);
  return made.hasAttribute("href") ? made : null;
}

/** Hand a file of the form to the browser, which shows or keeps it. */
export function save(type, data, name) {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: type === "application/pdf" ? type : "application/octet-stream" }));
  h("a", { href: address, download: name, rel: "noopener" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
