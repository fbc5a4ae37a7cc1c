"""One scenario over all dialects: what is said is the same, whichever language it is said in."""

from __future__ import annotations

import json

import pytest

from conformance.decoding import decode
from conformance.dialects import dialect_names
from conformance.faults import Bent
from conformance.model import JSON, Done, Error, Reply
from conformance.scenarios import SCENARIOS, fits
from conformance.selftest import perform, speaker

ANSWERED = [name for name, one in SCENARIOS.items() if isinstance(one.answer, Reply) and one.sends == "valid"]
FAILED = [name for name, one in SCENARIOS.items() if isinstance(one.answer, Error)]


def sound(name: str) -> Bent:
    return Bent(id=f"{name}.sound", dialect=name, sentence="Nothing is wrong.")


def speaking(scenario: str) -> list[str]:
    return [name for name in dialect_names() if fits(SCENARIOS[scenario], speaker(name)) is None]


def said(name: str, scenario: str) -> JSON:
    """What a user gets: text, calls with their arguments as values, why it stopped, and what it cost."""
    done = decode(perform(sound(name), scenario))[-1]
    assert isinstance(done, Done), done
    calls = [(call.name, call.input) for call in done.reply.tool_calls]
    return [done.reply.text, calls, done.reason, done.usage.input, done.usage.output]


@pytest.mark.parametrize("scenario", ANSWERED)
def test_all_dialects_say_the_same(scenario: str) -> None:
    told = {name: json.dumps(said(name, scenario), sort_keys=True) for name in speaking(scenario)}
    assert len(told) > 1
    assert len(set(told.values())) == 1, told


@pytest.mark.parametrize("scenario", FAILED)
def test_all_dialects_fail_alike(scenario: str) -> None:
    told = {name: decode(perform(sound(name), scenario))[-1] for name in speaking(scenario)}
    assert all(isinstance(one, Error) for one in told.values())
    assert len({one.kind for one in told.values() if isinstance(one, Error)}) == 1, told
