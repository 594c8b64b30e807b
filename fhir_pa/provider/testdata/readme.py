"""The README of a test-data folder: how to start the payer, how to be let in, and every situation with its files."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.provider.testdata.clinic import GENERATIONS
from fhir_pa.provider.testdata.proofs import FORM, MINUTES, token_name
from fhir_pa.provider.testdata.situation import Situation, Step


def readme(payer_url: str, ehr_url: str, secret: str, situations: Iterable[Situation]) -> str:
    """The text, in Markdown."""
    return f"""# Test data for {payer_url}

Every person, plan and number here is invented. Dates were reckoned from the day this folder was written: write it again now and then.

## Start the payer

```console
$ fhir-pa serve --config fhir-pa.toml --data-directory data
```

Only where a situation needs a listener, start the test EHR as well:

```console
$ python -m fhir_pa.provider.serve --port {ehr_url.rpartition(":")[2]} --keys provider-keys.json --secret '{secret}'
```

## Be let in

The proofs are good for {MINUTES} minutes, and once. `fhir-pa testdata . --proofs` signs them anew; `provider-keys.json` holds the
private keys (JWK, ES384) for tools that sign for themselves.

| Caller | Sends | From |
|---|---|---|
| `system` | `Authorization: Bearer …` | the `access_token` that `curl -d @proofs/{FORM} {payer_url}/oauth/token` answers |
| `ehr` | `Authorization: Bearer …` | the file named with the step; made for that address alone |
| `reviewer` | `Authorization: Bearer …` | `fhir-pa people token quill --config fhir-pa.toml --data-directory data` |

## The situations

`manifest.json` says the same for programs: for each step the caller, method, path, body, proof, the status, and what holds of the answer, as
FHIRPath over its body (with the types of FHIR R4 at hand). `take` names what a later path needs: `{{reference}}` is the id of the ClaimResponse.

Play each situation once against one database: the same bytes sent again are no new request and are answered as they were the first time,
so a step after them meets a case that moved on. To play all anew, stop the payer and begin with an empty `data`.

{"".join(_told(situation) for situation in situations)}"""


def _told(situation: Situation) -> str:
    head = f"### {situation.guide}: {situation.title}\n\n"
    needs = f"Needs {situation.needs}.\n\n" if situation.needs else ""
    return head + needs + "".join(_line(situation, number, step) for number, step in enumerate(situation.steps, 1)) + "\n"


def _line(situation: Situation, number: int, step: Step) -> str:
    body = f" with `{GENERATIONS[situation.guide]}/{situation.name}/{number}.json`" if step.body is not None else ""
    proof = f" and `proofs/{token_name(step.path)}`" if step.as_ == "ehr" else ""
    held = "; ".join(each.says for each in step.holds)
    return f"{number}. As {step.as_}, {step.does}: `{step.method} {step.path}`{body}{proof}. Answered {step.status}{f': {held}' if held else ''}.\n"
