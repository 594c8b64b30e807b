// The only two doors through which text becomes script or markup (Trusted Types): our own worker, and parsing that is sanitized after.

const OWN_SCRIPTS = ["/page/facts/worker.js"];

const policy = globalThis.trustedTypes?.createPolicy("fhir-pa", {
  createScriptURL: (url) => (OWN_SCRIPTS.includes(url) ? url : ""),
  createHTML: (text) => text,
});

export const scriptUrl = (url) => (policy ? policy.createScriptURL(url) : url);

/** A document that runs nothing and loads nothing; what is taken from it must be rebuilt element by element (markup.js). */
export const inert = (text) => new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
