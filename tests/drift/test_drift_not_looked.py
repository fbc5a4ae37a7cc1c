"""What could not be looked at is told with its reason, and is never "no drift"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from conformance.drift import compare, compare_all, pairs
from conformance.errors import InputError
from conformance.exchange import Broken, Chunk, Exchange

Take = Callable[[str, str], Any]


def _answering(one: Exchange, **more: Any) -> Exchange:
    return replace(one, response=replace(one.response, **more))


CHANGES: list[tuple[Callable[[Exchange], Exchange], str]] = [
    (lambda one: replace(one, dialect=None), "nothing tells which language"),
    (lambda one: replace(one, dialect="klingon"), "klingon is not known yet"),
    (lambda one: replace(one, dialect="mistral"), "mistral"),
    (lambda one: replace(one, scenario="thinking"), "of the scenario"),
    (lambda one: replace(one, fidelity="body_only"), "kept only what the body said"),
    (lambda one: _answering(one, chunks=()), "answer is empty"),
    (lambda one: _answering(one, end="closed"), "the client left early"),
    (lambda one: _answering(one, end=Broken("ReadError", "reset")), "ReadError reset"),
    (lambda one: _answering(one, status=503), "answer is an error, the other one is not: HTTP 503"),
    (lambda one: _answering(one, status=404), "answer is an error, the other one is not: HTTP 404"),
    (lambda one: _answering(one, chunks=(Chunk(0.0, b'data: {"error":{"message":"overloaded","type":"x"}}\n\n'),)),
     "answer is an error, the other one is not: overloaded"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), CHANGES, ids=lambda one: one if isinstance(one, str) else "")
def test_no_side_hides_what_could_not_be_compared(
    change: Callable[[Exchange], Exchange], reason: str, taken: Take
) -> None:
    """The reason names what is wrong, whichever side it is on."""
    one = taken("openai", "simple_text").exchange
    for found in (compare(one, change(one)), compare(change(one), one)):
        assert found.outcome == "not_compared"
        assert reason in found.not_compared[0]


def test_a_busy_server_says_nothing_of_a_bad_key(taken: Take) -> None:
    """429 in place of 401 is no drift of errors."""
    old = taken("openai", "error_auth_401").exchange
    assert compare(old, _answering(old, status=429)).outcome == "not_compared"


def test_a_wrong_key_that_is_taken_is_drift(taken: Take) -> None:
    """The scenario asks for an error: an answer is a change, not an accident."""
    old, good = taken("openai", "error_auth_401").exchange, taken("openai", "simple_text").exchange
    found = compare(old, replace(old, response=good.response))
    assert ("status", "breaking") in [(one.kind, one.severity) for one in found.changes]


def test_other_kinds_of_content_are_told_apart(taken: Take) -> None:
    """A call in one answer and a text in the other: what belongs to them has no counterpart."""
    text, call = taken("openai", "simple_text").exchange, taken("openai", "tool_call_single").exchange
    found = compare(text, replace(text, response=call.response))
    assert found.outcome == "not_compared"
    assert sorted(found.not_compared) == [
        "text: the old answer has it, the new one has not",
        "tool calls: the new answer has them, the old one has not",
    ]


def test_recordings_without_exchanges_and_of_different_length(taken: Take) -> None:
    """Nothing, or less, to compare with."""
    one = taken("openai", "simple_text").exchange
    assert compare_all("x", [], [one]).not_compared == ("the old one holds no exchange",)
    assert compare_all("x", [one], [one, one]).not_compared == (
        "the old one holds 1 exchanges, the new one 2: the rest has no counterpart",
    )


def test_files_that_are_not_there_or_not_alike(tmp_path: Path) -> None:
    """A missing file, and a file against a folder."""
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(InputError, match="there is no recording"):
        list(pairs(tmp_path / "a.json", tmp_path / "b.json"))
    with pytest.raises(InputError, match="is a folder and"):
        list(pairs(tmp_path / "a.json", tmp_path))


def test_files_that_cannot_be_read_are_told_one_by_one(tmp_path: Path) -> None:
    """Garbage on one side, no counterpart on the other."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    (old / "a.json").write_text("{}")
    (new / "a.json").write_text("garbage")
    (new / "b.json").write_text("{}")
    found = {one.name: one.compared() for one in pairs(old, new)}
    assert {one.outcome for one in found.values()} == {"not_compared"}
    assert "there is no old recording" in found["b.json"].not_compared[0]
