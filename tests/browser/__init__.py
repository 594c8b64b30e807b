"""The clinician's app in Debian's Chromium, against the demo's EHR and a served payer, over real HTTP."""
