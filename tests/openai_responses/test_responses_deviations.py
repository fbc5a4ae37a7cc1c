"""What speakers of openai-responses do otherwise is what their cassettes hold, and is excused for them alone."""

from __future__ import annotations

from conformance import adapter, dialect, read_cassette
from conformance.judging import judge
from conformance.reading import Reading
from conformance.tape import cassette_path

RESPONSES = dialect("openai-responses")


def test_arguments_may_come_at_once() -> None:
    """The call is whole, its events are numbered without a gap, and only the deltas are missing."""
    one = read_cassette(cassette_path("lmstudio-responses", "tool_call_single")).exchanges[0]
    kinds = [str(frame.json["type"]) for frame in Reading(one, RESPONSES).chunks]
    assert "response.function_call_arguments.done" in kinds
    assert [kind for kind in kinds if kind.endswith("arguments.delta")] == []
    told = {found.rule for found in judge(one, RESPONSES).findings}
    assert told == {"OR-S10"}
    assert judge(one, RESPONSES, adapter("lmstudio-responses").profile).findings == ()
