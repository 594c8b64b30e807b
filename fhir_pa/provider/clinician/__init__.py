"""The clinician's app: a SMART app that fills the payer's forms from the chart, with the clinician (DTR 2.0.1 and 2.2, client)."""
