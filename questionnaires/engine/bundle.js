// Bundle what the engine needs into the folder named as first argument; `build.py` runs this with Node.
//
//   translate.js            CQL -> ELM                      (translator, FHIR 4.0.1 model info, FHIRHelpers, UCUM)
//   execute.js              ELM over FHIR resources         (cql-execution, cql-exec-fhir, FHIRHelpers)
//   fhirpath.js             FHIRPath, an ES module          (fhirpath.js with its R4 model)
//   htmx.js                 as its authors built it, for the pages of fhir_pa/web (decision 0018)
//   axe.js                  the accessibility checker that the browser tests use; no wheel ships it
//   FHIRHelpers-4.0.1.cql   and its ELM, .json
//   LICENCES.txt            of all that was bundled

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { build } from "esbuild";
import xml2js from "xml2js";
import { stripPrefix } from "xml2js/lib/processors.js";
import { fhirHelpers } from "./fhir_helpers.js";
import { licences } from "./licences.js";

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.argv[2];
const used = [];
const modelInfo = createRequire(import.meta.url)("cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml.js");

/** A plugin that answers imports matching a pattern with a text of ours, as a CommonJS module. */
const instead = (pattern, contents) => ({
  name: String(pattern),
  setup(build) {
    build.onResolve({ filter: pattern }, ({ path }) => ({ path, namespace: String(pattern) }));
    build.onLoad({ filter: /.*/, namespace: String(pattern) }, () => ({ contents }));
  },
});

/** cql-execution awaits each step, though all its data is at hand here: the same steps, without a promise for each of them. */
const waiting = /\b(?:async|await)\s+|\bPromise\.all(?=\()/g;
const withoutWaiting = {
  name: "without waiting",
  setup(build) {
    build.onLoad({ filter: /cql-execution\/lib\/.*\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8").replace(waiting, "");
      if (/\bPromise\b|\.then\(/.test(contents)) throw new Error(`${path} waits in a way that is not known here: look at decision 0016`);
      return { contents };
    });
  },
};

const text = (value) => `module.exports = ${JSON.stringify(value)};`;

/** The model info parsed now, as cql-exec-fhir would parse it at each start; only what its classes read. */
async function parsedModelInfo() {
  const options = { tagNameProcessors: [stripPrefix], attrNameProcessors: [stripPrefix] };
  const { modelInfo: root } = await xml2js.parseStringPromise(modelInfo, options);
  return JSON.stringify({ $: root.$, typeInfo: root.typeInfo });
}

async function bundle(entry, globalName, minify, plugins = []) {
  const { metafile } = await build({
    entryPoints: [join(here, entry)],
    outfile: join(dist, entry),
    bundle: true,
    ...(globalName ? { format: "iife", globalName } : { format: "esm" }),
    platform: "browser",
    target: "es2022",
    ...minify,
    legalComments: "eof",
    inject: [join(here, "bare.js")],
    define: { global: "globalThis" },
    logLevel: "warning",
    metafile: true,
    absWorkingDir: here,
    plugins: [instead(/^(fs|stream|string_decoder|xmldoc|jsonfile|csv-parse.*|csv-stringify.*|stream-transform|string-to-stream)$/, "module.exports = {};"), ...plugins],
  });
  used.push(...Object.keys(metafile.inputs));
}

mkdirSync(dist, { recursive: true });
const helpers = fhirHelpers(modelInfo);
await bundle("translate.js", "CqlTranslate", { minify: true }, [
  instead(/^fhir-model-info$/, text(modelInfo)),
  instead(/^fhir-helpers-cql$/, text(helpers)),
]);

const translator = runInThisContext(`${readFileSync(join(dist, "translate.js"), "utf8")}; CqlTranslate`);
const { elm, mistakes } = translator.translate({ cql: helpers });
if (mistakes.length) throw new Error(`FHIRHelpers does not translate: ${JSON.stringify(mistakes.slice(0, 5))}`);
writeFileSync(join(dist, "FHIRHelpers-4.0.1.cql"), helpers);
writeFileSync(join(dist, "FHIRHelpers-4.0.1.json"), JSON.stringify(elm));

const parsed = `const rows = ${JSON.stringify(await parsedModelInfo())}; exports.parseString = (xml, options, done) => done(null, { modelInfo: JSON.parse(rows) });`;
await bundle("execute.js", "CqlFacts", { minifyWhitespace: true, minifySyntax: true }, [
  withoutWaiting,
  instead(/^fhir-helpers-elm$/, `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(elm))});`),
  instead(/^xml2js$/, parsed),
  instead(/^xml2js\/lib\/processors$/, "module.exports = {};"),
  instead(/fhir-modelinfo-.*\.xml\.js$/, text("<parsed/>")),
]);
await bundle("fhirpath.js", null, { minify: true });
const htmx = "node_modules/htmx.org/dist/htmx.min.js";
copyFileSync(join(here, htmx), join(dist, "htmx.js"));
used.push(htmx);
copyFileSync(join(here, "node_modules/axe-core/axe.min.js"), join(dist, "axe.js"));
writeFileSync(join(dist, "LICENCES.txt"), licences(used, here));
