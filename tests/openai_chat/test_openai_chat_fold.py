"""The fold of a stream: what its short way says of a chunk is what the long way says."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from conformance.dialects import dialect
from conformance.dialects.openai_chat import fold
from conformance.exchange import Exchange
from conformance.faults import faults, variations
from conformance.reading import Reading
from conformance.selftest import perform
from conformance.tape import cassette_path, on_shelf, read_cassette

CHAT = dialect("openai-chat")
BENT = [
    one
    for one in (*faults("openai-chat"), *variations("openai-chat"))
    if getattr(one, "rule", "OC-S").startswith("OC-S") and not one.on.endswith("_whole")
]
LONG_WAY = fold._add


def told(exchange: Exchange) -> dict[str, Any]:
    """The fold without what the long way need not keep apart."""
    found = asdict(fold.folded(Reading(exchange, CHAT)))
    return {**found, "choices": {index: _plainly(one) for index, one in found["choices"].items()}}


def _plainly(choice: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in choice.items() if key != "telling"}


def test_the_short_way_says_what_the_long_way_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every fault of a stream, and every legal variation, and every recording."""
    exchanges = [perform(one, one.on) for one in BENT]
    exchanges += [read_cassette(path).exchanges[-1] for path in on_shelf("openai")]
    shortly = [told(one) for one in exchanges]
    monkeypatch.setattr(fold, "begun", lambda *_: None)
    assert [told(one) for one in exchanges] == shortly


def test_there_is_a_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would compare the long way with itself."""
    taken: list[int] = []
    monkeypatch.setattr(fold, "_add", lambda into, frame: taken.append(frame.number) or LONG_WAY(into, frame))
    (recorded,) = read_cassette(cassette_path("openai", "unicode_text")).exchanges
    assert len(fold.folded(Reading(recorded, CHAT)).chunks) > 4 * len(taken) > 0
