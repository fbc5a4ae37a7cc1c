"""Rules on how the calls of a streamed answer follow one another, and how the answer ends after them.

Rule of the file: a forced call may end in stop, as official servers do.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK
from .fold import folded
from .rules_reply import is_forced, is_of_tools


@BOOK.rule(
    "OC-S12",
    "MUST",
    Scope.STREAM,
    "OpenAPI: finish_reason",
    good='"finish_reason":"tool_calls" after a call',
    bad='"finish_reason":"stop" after a call, tool_choice auto',
    why="an agent loop that looks at the reason ends without calling the tool",
)
def reason_fits_calls(reading: Reading) -> Iterator[Violation]:
    """The reason is tool_calls exactly when a call was streamed, but for a forced call, which may end in stop."""
    for choice in folded(reading).choices.values():
        for finish in choice.finishes[-1:]:
            if finish.value == "tool_calls" and not choice.fragments:
                yield Violation("finish_reason is tool_calls, but no call came", finish.path, finish.frame)
            if finish.value == "function_call" and (choice.fragments or is_of_tools(reading)):
                yield Violation("finish_reason is function_call, which is for functions", finish.path, finish.frame)
            if choice.fragments and finish.value == "stop" and not is_forced(reading):
                yield Violation("calls came, but finish_reason is stop", finish.path, finish.frame)


@BOOK.rule(
    "OC-S17",
    "SHOULD",
    Scope.STREAM,
    "SDK: a call is done when the index changes",
    good="all of call 0, then all of call 1",
    bad="call 0, call 1, call 0 again",
    why="the SDK's helper tells a call as done before it is",
)
def calls_in_turn(reading: Reading) -> Iterator[Violation]:
    """The fragments of different calls do not interleave."""
    for choice in folded(reading).choices.values():
        seen: list[JSON] = []
        for one in choice.fragments:
            index = one.call.get("index")
            if seen and index == seen[-1]:
                continue  # as most do
            if index in seen:
                yield Violation("a call goes on after the next one began", one.path, one.frame, got=index)
                break
            seen.append(index)
