"""Each row of the domain's table of transitions (§4.3) has its test, and the table in the code has no row without one."""

from __future__ import annotations

import pytest

from fhir_pa.um.case.transitions import TABLE
from tests.fhir_pa.test_docs_features import exists

ROWS = {
    1: "stories/test_requests.py::test_a_request_that_meets_every_criterion_is_certified_in_the_same_exchange",
    2: "stories/test_told_and_asked.py::test_what_needs_no_authorization_bears_no_number_closes_at_once_and_replays",
    3: "stories/test_delegates.py::test_the_case_says_who_looks_and_another_stays_with_the_plan",
    4: "fhir_pa/test_um_authorization.py::test_a_case_the_engine_certifies_is_final_at_once_and_names_nobody",
    5: "fhir_pa/test_um_authorization.py::test_a_case_the_engine_refers_is_pended_in_the_same_exchange",
    6: "fhir_pa/test_um_information_life.py::test_everything_missing_is_asked_for_at_once_whatever_the_item",
    7: "fhir_pa/test_um_authorization.py::test_new_evidence_lets_the_engine_certify_what_was_pended",
    8: "fhir_pa/test_um_information_life.py::test_what_does_not_come_in_time_goes_to_a_physician_and_denies_nothing",
    9: "stories/test_reviewers.py::test_a_nurse_may_certify_and_may_not_deny",
    10: "fhir_pa/test_um_referring.py::test_a_nurse_hands_on_what_she_does_not_see_and_then_a_physician_is_waited_for",
    11: "stories/test_requests.py::test_a_borderline_request_is_pended_and_becomes_final_when_a_physician_decides",
    12: "fhir_pa/test_um_peer_to_peer.py::test_a_denial_becomes_an_intention_with_an_offer_and_nothing_is_decided_yet",
    13: "stories/test_peer_to_peer.py::test_a_clerk_books_it_a_physician_holds_it_and_the_persuaded_plan_certifies",
    14: "fhir_pa/test_um_peer_to_peer.py::test_after_the_conversation_the_physician_signs_and_both_clinicians_are_on_record",
    15: "fhir_pa/test_um_exclusion.py::test_an_exclusion_names_who_wrote_it_the_edition_and_whom_to_call_and_no_reviewer",
    16: "stories/test_updates.py::test_an_item_withdrawn_is_cancelled_and_the_others_stay_as_they_were",
    17: "stories/test_updates.py::test_cancelling_the_whole_request_cancels_every_item_also_the_certified_ones",
    18: "fhir_pa/test_um_authorization.py::test_an_update_that_changes_a_certified_item_weighs_it_anew",
    19: "stories/test_stays.py::test_an_extension_over_the_wire_is_joined_to_what_it_continues",
    20: "stories/test_status.py::test_a_claim_uses_what_was_certified_and_no_more",
    21: "stories/test_status.py::test_certified_pended_and_expired_are_told_apart",
    22: "fhir_pa/test_um_referring.py::test_the_member_is_told_so_many_days_before_an_early_end_in_each_line",
    23: "fhir_pa/test_um_appeal.py::test_what_is_overturned_is_certified_signed_and_keeps_what_went_before",
    24: "fhir_pa/test_um_authorization.py::test_a_reopened_denial_is_pended_again_and_can_be_certified_with_its_history_kept",
    25: "fhir_pa/test_um_clocks.py::test_a_passed_deadline_is_noted_once_and_changes_no_item",
}


@pytest.mark.parametrize("row", range(1, 26))
def test_every_row_has_its_test(row: int) -> None:
    assert exists(ROWS[row]), f"Row {row} of §4.3 is said to be proven by {ROWS[row]}, which does not exist. Name the test that proves it now."


def test_every_transition_in_the_code_bears_the_numbers_of_its_rows() -> None:
    named = {int(number) for transition in TABLE for number in transition.row.split(", ")}
    assert named <= set(ROWS) and len(TABLE) == len({(row.event, row.to, row.states) for row in TABLE})
    assert {4, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 17, 18, 22, 23, 24} <= named
