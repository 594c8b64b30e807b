"""An EHR that lets questions time out is given a rest, tried once, and asked again as soon as it answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from fhir_pa.outbound.breaker import Breaker, Rule, Standing

EHR, OTHER = "https://ehr.example/fhir", "https://other.example/fhir"
RULE = Rule(after=3, seconds=30, longest=100)


class Seconds:
    """A clock the test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def stalled(breaker: Breaker, clock: Seconds, times: int, base: str = EHR) -> None:
    """So many questions, one after the other, each silent for a second."""
    for _ in range(times):
        clock.now += 1
        breaker.stalled(base, 1.0)


def test_two_silences_are_no_habit_and_the_third_in_a_row_earns_a_rest():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    stalled(breaker, clock, 2)
    assert breaker.may_ask(EHR)
    stalled(breaker, clock, 1)
    assert not breaker.may_ask(EHR)
    assert breaker.may_ask(OTHER), "another base has nothing to do with it"


def test_an_answer_between_the_silences_clears_the_record():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    stalled(breaker, clock, 2)
    breaker.answered(EHR)
    stalled(breaker, clock, 2)
    assert breaker.may_ask(EHR)


def test_questions_that_were_under_way_together_count_as_one_silence():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    clock.now += 1
    for _ in range(8):
        clock.now += 0.01
        breaker.stalled(EHR, 1.0)
    assert breaker.may_ask(EHR)


def test_when_the_rest_is_over_one_question_tries_and_the_others_wait_for_what_becomes_of_it():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    stalled(breaker, clock, 3)
    clock.now += 29
    assert not breaker.may_ask(EHR)
    clock.now += 1
    assert [breaker.may_ask(EHR) for _ in range(3)] == [True, False, False]
    breaker.answered(EHR)
    assert [breaker.may_ask(EHR) for _ in range(3)] == [True, True, True]


def test_each_trial_in_vain_doubles_the_rest_up_to_the_longest():
    standing, now, rests = Standing(), 0.0, []
    for _ in range(6):
        now = max(standing.rests_until or now, now) + 1
        standing = standing.stalled(now - 1, now, RULE)
        rests.append(standing.rests_until and standing.rests_until - now)
    assert rests == [None, None, 30, 60, 100, 100]


def test_a_trial_nobody_reports_on_does_not_shut_the_ehr_out_for_good():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    stalled(breaker, clock, 3)
    clock.now += 30
    assert breaker.may_ask(EHR)
    clock.now += 30
    assert breaker.may_ask(EHR)


def test_many_threads_at_the_end_of_a_rest_send_one_trial():
    clock = Seconds()
    breaker = Breaker(RULE, clock)
    stalled(breaker, clock, 3)
    clock.now += 30
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: breaker.may_ask(EHR), range(200))) == 1
