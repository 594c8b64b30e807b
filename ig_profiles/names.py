"""Canonicals and code systems, each written once.

Wire codes of X12 live in ``fhir_pa/pas/codes.py``; here are only the names of the lists they come from.
"""

# --- who and what -----------------------------------------------------------------------------------------------------
NPI = "http://hl7.org/fhir/sid/us-npi"
EIN = "http://terminology.hl7.org/NamingSystem/USEIN"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
C4BB_IDENTIFIER_TYPE = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBIdentifierType"

# --- clinical and billing code systems --------------------------------------------------------------------------------
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
ICD9CM = "http://terminology.hl7.org/CodeSystem/icd9cm"
MS_DRG = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
AP_DRG, APR_DRG = "http://uri.hddaccess.com/cs/apdrg", "http://uri.hddaccess.com/cs/aprdrg"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"
UCUM = "http://unitsofmeasure.org"
REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
NUCC = "http://nucc.org/provider-taxonomy"
URI = "urn:ietf:rfc:3986"
DATA_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
DATA_ABSENT_REASON_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# The same code system under the names found in the wild (crd.md §5.1 trap 19); compare through `code_system`.
_ALIASES = {
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": HCPCS,
    "https://bluebutton.cms.gov/resources/codesystem/hcpcs": HCPCS,
    "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes": HCPCS,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
}


def code_system(system: str | None) -> str:
    """The one name we compare by for a code system that travels under several.

    CPT is HCPCS level I: X12 gives a CPT code back under the HCPCS name (pas.md trap 31), so both compare as HCPCS.

    >>> code_system("urn:oid:2.16.840.1.113883.6.12") == code_system(HCPCS)
    True
    """
    name = _ALIASES.get(system or "", system or "")
    return HCPCS if name == CPT else name


# --- Da Vinci guides --------------------------------------------------------------------------------------------------
PAS = "http://hl7.org/fhir/us/davinci-pas"
PAS_PROFILE = f"{PAS}/StructureDefinition/"
PAS_TEMP_CODES = f"{PAS}/CodeSystem/PASTempCodes"
PAS_TOPIC = f"{PAS}/SubscriptionTopic/PASSubscriptionTopic"
CRD = "http://hl7.org/fhir/us/davinci-crd"
CRD_TEMP_CODES = f"{CRD}/CodeSystem/temp"
CRD_COVERAGE_CODES = f"{CRD}/CodeSystem/coverage-information-codes"
CRD_DETAIL_CODES = "http://terminology.hl7.org/CodeSystem/crd-coverage-detail"
SDC_TEMP_CODES = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp"
CRD_CARD_TYPES = "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
COVERAGE_INFORMATION = f"{CRD}/StructureDefinition/ext-coverage-information"
DTR = "http://hl7.org/fhir/us/davinci-dtr"
DTR_PROFILE = f"{DTR}/StructureDefinition/"
INFORMATION_ORIGIN = f"{DTR}/StructureDefinition/information-origin"
INTENDED_USE = f"{DTR}/StructureDefinition/intendedUse"
QR_CONTEXT = f"{DTR}/StructureDefinition/qr-context"
QR_COVERAGE = f"{DTR}/StructureDefinition/qr-coverage"
HREX = "http://hl7.org/fhir/us/davinci-hrex"

# --- SDC, CQL, subscriptions ------------------------------------------------------------------------------------------
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
INITIAL_EXPRESSION = f"{SDC}sdc-questionnaire-initialExpression"
LAUNCH_CONTEXT = f"{SDC}sdc-questionnaire-launchContext"
CQF_LIBRARY = "http://hl7.org/fhir/StructureDefinition/cqf-library"
ECR_ALTERNATIVE_EXPRESSION = "http://hl7.org/fhir/us/ecr/StructureDefinition/us-ph-alternative-expression-extension"
DTR_ALTERNATIVE_EXPRESSION = f"{DTR}/StructureDefinition/alternativeExpression"
VERSION_ALGORITHM_EXTENSION = "http://hl7.org/fhir/StructureDefinition/artifact-versionAlgorithm"
VERSION_ALGORITHM = "http://hl7.org/fhir/version-algorithm"
LIBRARY_TYPE = "http://terminology.hl7.org/CodeSystem/library-type"
SIGNATURE_REQUIRED = "http://hl7.org/fhir/StructureDefinition/questionnaire-signatureRequired"
RESPONSE_SIGNATURE = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature"
ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
ITEM_CONTROL_CODES = "http://hl7.org/fhir/questionnaire-item-control"
SUPPORT_LINK = "http://hl7.org/fhir/StructureDefinition/questionnaire-supportLink"
SUPPORT_HYPERLINK = "http://hl7.org/fhir/StructureDefinition/questionnaire-supportHyperlink"
COMPLETION_TIME = f"{DTR_PROFILE}estimated-completion-time"
QUESTIONNAIRE_AUDIENCE = f"{DTR_PROFILE}questionnaireAudience"
REQUEST_SPECIFIC = f"{DTR_PROFILE}request-specific"
DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"
QUESTIONNAIRE_HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
QUESTIONNAIRE_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
QUESTIONNAIRE_UNIT_VALUE_SET = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitValueSet"
QUESTIONNAIRE_UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
QUESTIONNAIRE_CONSTRAINT = "http://hl7.org/fhir/StructureDefinition/questionnaire-constraint"
QUESTIONNAIRE_MIN_OCCURS = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs"
QUESTIONNAIRE_MAX_OCCURS = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs"
OPTION_EXCLUSIVE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
REFERENCE_RESOURCE = "http://hl7.org/fhir/StructureDefinition/questionnaire-referenceResource"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE = "http://hl7.org/fhir/StructureDefinition/maxValue"
MIN_LENGTH = "http://hl7.org/fhir/StructureDefinition/minLength"
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
MAX_DECIMAL_PLACES = "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces"
MIME_TYPE = "http://hl7.org/fhir/StructureDefinition/mimeType"
MAX_SIZE = "http://hl7.org/fhir/StructureDefinition/maxSize"
TARGET_CONSTRAINT = f"{SDC}sdc-questionnaire-targetConstraint"
QUESTIONNAIRE_ADAPTIVE = f"{SDC}sdc-questionnaire-questionnaireAdaptive"
TERMINOLOGY_SERVERS = (f"{SDC}sdc-questionnaire-preferredTerminologyServer", "http://hl7.org/fhir/StructureDefinition/preferredTerminologyServer")
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"

# --- X12 lists: the name of each list, never its content --------------------------------------------------------------
X12 = "https://codesystem.x12.org/005010/"
X12_REVIEW_ACTION = X12 + "306"
X12_CERTIFICATION_TYPE = X12 + "1322"
X12_REQUEST_TYPE = X12 + "1525"
X12_SERVICE_TYPE = X12 + "1365"
X12_LEVEL_OF_SERVICE = X12 + "1338"
X12_ENTITY = X12 + "98"
X12_ERROR = X12 + "901"
X12_FOLLOW_UP = X12 + "889"
X12_REPORT_TYPE = X12 + "755"
X12_TRANSMISSION = X12 + "756"
X12_UNIT = X12 + "673"
X12_DECISION_REASON = "https://codesystem.x12.org/external/886"

# --- HL7 terminology --------------------------------------------------------------------------------------------------
CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
PROCESS_PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
RELATED_CLAIM = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
COVERAGE_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"
SUBSCRIBER_RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
