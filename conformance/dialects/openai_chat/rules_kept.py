"""Rules on options that an answer shows to be kept or not: how many answers, their likelihood, the limit.

Rule of the file: a stream that failed or was left early is judged for what came, never for what did not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, objects, whole
from .rules_reply import choices
from .rules_usage import usages

_CLOSED = re.compile(r"[^\w\s,]\s*$")
"""How a text ends that came to its end: with a stop, a bracket, a quotation mark, a sign of markup."""


_PHRASE = 3
"""So few words may be all of an answer, without a stop at their end."""


@BOOK.rule(
    "OC-A03",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: n; choices[].index",
    good='"n":2, choices of index 0 and 1',
    bad='"n":2, one choice; or two of index 0',
    why="programs that choose among answers have nothing to choose from",
)
def all_choices_come(reading: Reading) -> Iterator[Violation]:
    """As many choices come as n asks for (1 if it does not), each with an index of its own."""
    if not _finished(reading) or not reading.asked:
        return
    n = reading.asked.get("n")
    wanted = n if whole(n) else 1
    indexes = [repr(one.get("index")) for _, one in _choices(reading)]
    found = set(indexes)
    if found and len(found) != wanted:
        yield Violation("not as many choices came as were asked for", "$.choices", None, wanted, len(found))
    elif not reading.streamed and len(indexes) > len(found):
        yield Violation("two choices have the same index", "$.choices[1].index", None, wanted, indexes[1])


@BOOK.rule(
    "OC-A04",
    "MUST",
    Scope.ANSWER,
    "OpenAPI: logprobs, if true, returns the log probabilities of each output token",
    good='"logprobs":true, "logprobs":{"content":[{"token":"Hi","logprob":-0.1,…}]}',
    bad='"logprobs":true, "logprobs":null on every choice',
    why="programs that rank or calibrate by them have nothing to read, and crash on null",
)
def logprobs_come(reading: Reading) -> Iterator[Violation]:
    """Where logprobs are asked for, a choice that says a text has them."""
    asked, last = reading.asked.get("logprobs"), reading.events[-1] if reading.events else None
    if asked is not True or not isinstance(last, Done) or not last.reply.text:
        return
    if not any(_likelihood(one.get("logprobs")) for _, one in _choices(reading)):
        yield Violation("log probabilities were asked for", "$.choices[].logprobs", None, "those of each token")


@BOOK.rule(
    "OC-A10",
    "SHOULD",
    Scope.ANSWER,
    "OpenAPI: finish_reason is length when the maximum number of tokens of the request was reached",
    good="max_completion_tokens 16, completion_tokens 16, finish_reason length",
    bad="max_completion_tokens 16, completion_tokens 16, `and then the`, finish_reason stop",
    why="half an answer is taken for a whole one, and nobody asks for the rest",
)
def cut_answers_say_so(reading: Reading) -> Iterator[Violation]:
    """An answer that used all the tokens that it was allowed, and breaks off, does not end with stop."""
    limit = reading.asked.get("max_completion_tokens") or reading.asked.get("max_tokens")
    last = reading.events[-1] if reading.events else None
    if not whole(limit) or not isinstance(last, Done) or last.reason != "stop" or reading.asked.get("stop"):
        return
    made = [usage.get("completion_tokens") for _, usage in usages(reading)][-1:]
    text = last.reply.text
    if made == [limit] and len(text.split()) > _PHRASE and not _CLOSED.search(text):
        yield Violation("the answer is cut at the limit, but finish_reason is stop", "$.choices[0]", got=text[-40:])


def _likelihood(told: JSON) -> bool:
    """Whether it tells of a token, in whatever words."""
    return isinstance(told, dict) and any(told.values())


def _finished(reading: Reading) -> bool:
    return bool(reading.events) and isinstance(reading.events[-1], Done)


def _choices(reading: Reading) -> Iterator[tuple[object, dict[str, JSON]]]:
    """All that is said of any choice, chunk by chunk or at once."""
    if reading.streamed:
        yield from (found for chunk in reading.kinds for found in objects(chunk.json, "choices"))
    else:
        yield from choices(reading)
