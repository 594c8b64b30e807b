// CQL text -> ELM: the global `CqlTranslate`, in bare V8, in the browser and in Node.
//
//   CqlTranslate.translate({ cql }) -> { elm, mistakes: [{ line, column, severity, words }] }
//
// A library may use FHIR 4.0.1 and include FHIRHelpers 4.0.1.

import { UcumLhcUtils } from "@lhncbc/ucum-lhc";
import { SystemModelInfoProvider } from "@cqframework/cql/cql";
import { CqlCompilerOptions, CqlTranslator, LibraryBuilder, LibraryManager, ModelManager } from "@cqframework/cql/cql-to-elm";
import { createLibrarySourceProvider, createModelInfoProvider, createUcumService, stringAsSource } from "@cqframework/cql/cql-to-elm";
import helpers from "fhir-helpers-cql";
import modelInfo from "fhir-model-info";

const is401 = (version) => !version || version === "4.0.1";

function units() {
  const ucum = UcumLhcUtils.getInstance();
  const never = () => {
    throw new Error("not needed for translation");
  };
  const convert = (value, from, to) => String(ucum.convertUnitTo(from, Number(value), to).toVal);
  const validate = (unit) => (ucum.validateUnitString(unit).status === "valid" ? null : `'${unit}' is not a UCUM unit`);
  return createUcumService(convert, validate, never, never);
}

function manager() {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((name, system, version) => (name === "FHIR" && is401(version) ? stringAsSource(modelInfo) : null)),
  );
  const { DisableListDemotion, DisableListPromotion } = CqlCompilerOptions.Options;
  const options = new CqlCompilerOptions().withOptions([DisableListDemotion, DisableListPromotion]).withSignatureLevel(LibraryBuilder.SignatureLevel.Overloads);
  const made = new LibraryManager(models, options, undefined, units());
  made.librarySourceLoader.registerProvider(
    createLibrarySourceProvider((name, system, version) => (name === "FHIRHelpers" && is401(version) ? stringAsSource(helpers) : null)),
  );
  return made;
}

let warm = null;

export function translate({ cql }) {
  warm ??= manager();
  const elm = JSON.parse(CqlTranslator.fromText(cql, warm).toJson());
  const rows = (elm.library.annotation ?? []).filter((row) => row.type === "CqlToElmError");
  const mistakes = rows.map((row) => ({ line: row.startLine ?? null, column: row.startChar ?? null, severity: row.errorSeverity, words: row.message }));
  return { elm, mistakes };
}
