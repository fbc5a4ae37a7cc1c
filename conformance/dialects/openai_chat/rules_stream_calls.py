"""Rules on the tool calls of a streamed answer.

Rule of the file: a fragment belongs to the call of its index; one without an index is named once and then left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from conformance.model import JSON
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, has, inside, whole
from .fold import Fragment, folded
from .rules_reply_calls import CALL_TYPES

IDENTITY = (("id",), ("type",), ("function", "name"))


@BOOK.rule(
    "OC-S06",
    "MUST",
    Scope.STREAM,
    "SDK types: ChoiceDeltaToolCall.index",
    good='{"index":0,"function":{"arguments":"{"}}',
    bad='{"id":"call_1","function":{…}} without index',
    why="the SDK's accumulator raises, others put two calls into one",
)
def calls_have_an_index(reading: Reading) -> Iterator[Violation]:
    """Every fragment of a call carries the call's index, a count from 0, and each index once a chunk."""
    for choice in folded(reading).choices.values():
        if _numbered(choice.telling):
            continue  # and so are those that are like them
        for one in choice.fragments:
            index = one.call.get("index")
            if not whole(index) or index < 0:
                yield Violation("a fragment has no index", f"{one.path}.index", one.frame, got=index)
        together = Counter(
            (one.frame, one.call.get("index")) for one in choice.fragments if whole(one.call.get("index"))
        )
        for (frame, index), times in together.items():
            if times > 1:
                yield Violation(
                    "one chunk has several fragments of one call", "$.choices[].delta.tool_calls", frame, 1, index
                )


def _numbered(fragments: list[Fragment]) -> bool:
    places = [(one.frame, index) for one in fragments if whole(index := one.call.get("index")) and index >= 0]
    return len(set(places)) == len(fragments)


@BOOK.rule(
    "OC-S07",
    "MUST",
    Scope.STREAM,
    "SDK accumulator: repeated strings are concatenated",
    good="id, type and name on the first fragment; then arguments only",
    bad='"id":"call_1" on every fragment',
    why='the SDK\'s accumulator ends with the id "call_1call_1"',
)
def identity_once(reading: Reading) -> Iterator[Violation]:
    """The first fragment of a call tells its id, type and name; later ones do not, and no two calls share an id."""
    for choice in folded(reading).choices.values():
        firsts: dict[JSON, int] = {}
        for index in choice.calls:
            first = choice.of_call(index)[0]
            yield from _first_fragment(first)
            yield from _later_fragments([one for one in choice.telling if _is_later(one, first)])
            id = first.call.get("id")
            if isinstance(id, str) and id and firsts.setdefault(id, index) != index:
                yield Violation("two calls have the same id", f"{first.path}.id", first.frame, got=id)


def _first_fragment(first: Fragment) -> Iterator[Violation]:
    named = ("custom", "name") if first.call.get("type") == "custom" else ("function", "name")
    for keys in (("id",), ("type",), named):
        told = inside(first.call, *keys)
        if not isinstance(told, str) or not told:
            message = f"the first fragment does not tell {'.'.join(keys)}"
            yield Violation(message, f"{first.path}.{'.'.join(keys)}", first.frame, got=told)
        elif keys == ("type",) and told not in CALL_TYPES:
            yield Violation("a call has no official type", f"{first.path}.type", first.frame, CALL_TYPES, told)


def _is_later(one: Fragment, first: Fragment) -> bool:
    """Whether it is of the same call, which began before."""
    return one is not first and one.call.get("index") == first.call["index"] and whole(one.call["index"])


def _later_fragments(later: list[Fragment]) -> Iterator[Violation]:
    for keys in IDENTITY:
        *above, key = keys
        again = next((one for one in later if has(inside(one.call, *above), key)), None)
        if again is not None:
            path = f"{again.path}.{'.'.join(keys)}"
            yield Violation(
                f"a later fragment tells {'.'.join(keys)} again", path, again.frame, got=inside(again.call, *keys)
            )


@BOOK.rule(
    "OC-S08",
    "MUST",
    Scope.STREAM,
    "SDK accumulator: inserts by index",
    good="0, then 1",
    bad="1, then 2",
    why="accumulators that append by index raise or lose a call",
)
def indexes_count_up(reading: Reading) -> Iterator[Violation]:
    """Calls are numbered from 0 without gaps, in the order in which they begin."""
    for choice in folded(reading).choices.values():
        for expected, index in enumerate(choice.calls):
            if index != expected:
                first = choice.of_call(index)[0]
                yield Violation("a call has the wrong index", f"{first.path}.index", first.frame, expected, index)
                break


@BOOK.rule(
    "OC-S09",
    "MUST",
    Scope.STREAM,
    "OpenAPI: function.arguments",
    good='"{\\"city\\":" and "\\"Oslo\\"}"',
    bad='{"city":"Oslo"} as an object, or text that is no JSON',
    why="the call cannot be made",
)
def arguments_are_json(reading: Reading) -> Iterator[Violation]:
    """Arguments come as strings; together they are a JSON object, or nothing, once the call is finished."""
    for choice in folded(reading).choices.values():
        for index in choice.calls:
            made = [(one, said) for one in choice.of_call(index) if isinstance(said := one.call.get("function"), dict)]
            told = [(one, text) for one, said in made if (text := said.get("arguments")) is not None]
            odd = next((pair for pair in told if not isinstance(pair[1], str)), None)
            if odd:
                one, got = odd
                yield Violation("arguments are no string", f"{one.path}.function.arguments", one.frame, got=got)
            elif choice.reason in ("stop", "tool_calls", "function_call"):
                text = "".join(said for _, said in told)
                if not _is_object(text):
                    message = f"the arguments of call {index} are no JSON object"
                    yield Violation(message, "$.choices[].delta.tool_calls", told[-1][0].frame, got=text)


def _is_object(text: str) -> bool:
    try:
        return not text or isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
