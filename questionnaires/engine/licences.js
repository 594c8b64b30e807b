// The licence texts of every package whose code went into a bundle: most ask that they travel with it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** inputs: the paths an esbuild metafile names, relative to root. */
export function licences(inputs, root) {
  const folders = inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((folder) => folder && existsSync(join(root, folder)));
  return [...new Set(folders)].sort().map((folder) => licence(join(root, folder))).join("\n");
}

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "(the package brings no licence text)";
  return `${"=".repeat(100)}\n${name} ${version}, ${license}\n\n${text}\n`;
}
