"""The payer's form: fetched, filled, finished."""
