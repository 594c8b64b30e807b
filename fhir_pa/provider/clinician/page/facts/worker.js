// Runs the payer's compiled CQL (ELM) over the chart, away from the page: a run-away define stops this worker, not the clinician.

const trusted = globalThis.trustedTypes?.createPolicy("fhir-pa", { createScriptURL: (url) => (url === "/engine/execute.js" ? url : "") });
importScripts(trusted ? trusted.createScriptURL("/engine/execute.js") : "/engine/execute.js");

onmessage = async ({ data: { number, request } }) => {
  try {
    postMessage({ number, told: await CqlFacts.run(request) });
  } catch {
    postMessage({ number, thrown: true }); // its words may hold chart data
  }
};
