"""Extensions of the PAS guide, each url written once, with the few lines that read and write an extension.

Source: Da Vinci PAS 2.0.1 and 2.2.1, artifacts page, extension definitions.
"""

from __future__ import annotations

from typing import Any

from ig_profiles.names import PAS_PROFILE
from ig_profiles.reading import Json

TRANSMISSION_IDENTIFIERS = PAS_PROFILE + "extension-TransmissionIdentifiers"
ADMINISTRATIVE_REFERENCE = PAS_PROFILE + "extension-administrationReferenceNumber"
ADMISSION_DATES = PAS_PROFILE + "extension-admissionDates"
AUTHORIZATION_NUMBER = PAS_PROFILE + "extension-authorizationNumber"
AUTHORIZED_PROVIDER = PAS_PROFILE + "extension-itemAuthorizedProvider"
AUTHORIZED_PROVIDER_TYPE = PAS_PROFILE + "extension-authorizedProviderType"
AUTHORIZED_DETAIL = PAS_PROFILE + "extension-itemAuthorizedDetail"
CARE_TEAM_CLAIM_SCOPE = PAS_PROFILE + "extension-careTeamClaimScope"
CERTIFICATION_TYPE = PAS_PROFILE + "extension-certificationType"
CERTIFICATION_EFFECTIVE = PAS_PROFILE + "extension-itemCertificationEffectiveDate"
CERTIFICATION_EXPIRES = PAS_PROFILE + "extension-itemCertificationExpirationDate"
CERTIFICATION_ISSUED = PAS_PROFILE + "extension-itemCertificationIssueDate"
CLAIM_RESPONSE_REVIEWER = PAS_PROFILE + "extension-claimResponseReviewer"
COMMUNICATED_DIAGNOSIS = PAS_PROFILE + "extension-communicatedDiagnosis"
CONTENT_MODIFIER = PAS_PROFILE + "extension-contentModifier"
DISCHARGE_DATE = PAS_PROFILE + "extension-dischargeDate"
DOCUMENT_INFORMATION = PAS_PROFILE + "extension-documentInformation"
EPSDT = PAS_PROFILE + "extension-epsdtIndicator"
ERROR_ELEMENT = PAS_PROFILE + "extension-errorElement"
ERROR_FOLLOW_UP = PAS_PROFILE + "extension-errorFollowupAction"
ERROR_PATH = PAS_PROFILE + "extension-errorPath"
INFO_CANCELLED = PAS_PROFILE + "modifierextension-infoCancelled"
INFO_CHANGED = PAS_PROFILE + "extension-infoChanged"
ITEM_CATEGORY = PAS_PROFILE + "extension-itemCategory"
ITEM_TRACE_NUMBER = PAS_PROFILE + "extension-itemTraceNumber"
LEVEL_OF_SERVICE = PAS_PROFILE + "extension-levelOfServiceCode"
LINE_NUMBER_2_0 = PAS_PROFILE + "extension-paLineNumber"
NURSING_HOME_LEVEL = PAS_PROFILE + "extension-nursingHomeLevelOfCare"
NURSING_HOME_STATUS = PAS_PROFILE + "extension-nursingHomeResidentialStatus"
PRE_AUTH_ISSUED = PAS_PROFILE + "extension-itemPreAuthIssueDate"
PRE_AUTH_PERIOD = PAS_PROFILE + "extension-itemPreAuthPeriod"
REQUEST_TYPE = PAS_PROFILE + "extension-serviceItemRequestType"
REQUESTED_SERVICE = PAS_PROFILE + "extension-requestedService"
REQUESTED_SERVICE_DATE = PAS_PROFILE + "extension-itemRequestedServiceDate"
REVENUE = PAS_PROFILE + "extension-revenueCode"
REVENUE_UNIT_RATE = PAS_PROFILE + "extension-revenueUnitRateLimit"
REVIEW_ACTION = PAS_PROFILE + "extension-reviewAction"
REVIEW_ACTION_CODE = PAS_PROFILE + "extension-reviewActionCode"
SERVICE_CODE_END = PAS_PROFILE + "extension-productOrServiceCodeEnd"
SERVICE_LINE_NUMBER = PAS_PROFILE + "extension-serviceLineNumber"

UNDERSTOOD_MODIFIERS = frozenset({INFO_CANCELLED})


def simple(url: str, kind: str, value: Any) -> Json | None:
    """An extension with one value, or None when there is nothing to say.

    >>> simple("u", "String", "PA-1")
    {'url': 'u', 'valueString': 'PA-1'}
    """
    return None if value is None or value == "" or value == {} else {"url": url, f"value{kind}": value}


def compound(url: str, *parts: Json | None) -> Json | None:
    """An extension made of others, or None when every part is None."""
    kept = [part for part in parts if part]
    return {"url": url, "extension": kept} if kept else None
