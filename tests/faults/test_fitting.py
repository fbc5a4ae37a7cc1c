"""A fault on a server meets whatever is asked: where it does not fit the answer is in order, and nothing crashes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.deviating import Bend, Chunk
from conformance.dialects import dialect_names
from conformance.faults import Bent, Fault, faults, find_bent, variations
from conformance.faults.fitting import where_it_fits
from conformance.model import Reply
from conformance.selftest import perform

FOREIGN = ("simple_text", "tool_call_single_whole", "error_auth_401")


def fitted(one: Bent) -> Bent:
    return replace(one, bend=where_it_fits(one.bend))


@pytest.mark.parametrize("name", dialect_names())
def test_every_answer_can_be_given_with_every_fault(name: str) -> None:
    for one in (*faults(name), *variations(name)):
        for asked in FOREIGN:
            assert perform(replace(fitted(one), asks=None), asked).response.status, one.id


def test_a_fault_of_calls_leaves_a_text_alone_and_spoils_a_call() -> None:
    one = find_bent("openai-chat.call.index-same")
    assert isinstance(one, Fault)
    sound = Bent(id=f"{one.id}/sound", dialect=one.dialect, sentence="Nothing is wrong.")
    assert perform(fitted(one), "simple_text").response.body == perform(sound, "simple_text").response.body
    assert perform(fitted(one), one.on).response.body == perform(one, one.on).response.body
    assert perform(fitted(one), one.on).response.body != perform(sound, one.on).response.body


def test_a_change_that_stops_halfway_changes_nothing() -> None:
    def halfway(chunks: list[Chunk], reply: Reply) -> list[Chunk]:
        chunks[0]["id"] = "other"
        raise IndexError

    chunks = where_it_fits(Bend(chunks=halfway)).chunks
    assert chunks is not None
    assert chunks([{"id": "one"}], Reply()) == [{"id": "one"}]


def test_the_selftest_is_told_of_a_fault_that_does_not_fit() -> None:
    """There it is a bug of the catalogue."""
    one = find_bent("openai-chat.call.name-in-pieces")
    assert one is not None
    with pytest.raises(ValueError, match="unpack"):
        perform(one, "simple_text")
