"""Rules on what an answer says: its words, its keys, its parts, and whether it says anything.

Rule of the file: unknown words are legal as long as they are written as this language writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.model import JSON, Done
from conformance.reading import Reading
from conformance.rulebook import Scope, Violation

from .book import BOOK, candidates, chunks, inside, parts
from .words import DATA_FIELDS

_WORD = re.compile(r"[A-Z][A-Z0-9_]*")
_UNDERSCORE = re.compile(r"_([a-z])")
_KEYS = frozenset(
    "finishReason usageMetadata responseId modelVersion promptFeedback blockReason functionCall inlineData "
    "thoughtSignature promptTokenCount candidatesTokenCount totalTokenCount thoughtsTokenCount "
    "cachedContentTokenCount".split()
)


@BOOK.rule(
    "GM-R04",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: FinishReason; proto JSON writes enums in capitals",
    good='"finishReason":"STOP"',
    bad='"finishReason":"stop"',
    why="clients compare with the words in capitals and take the answer for one that failed",
)
def reasons_in_capitals(reading: Reading) -> Iterator[Violation]:
    """A finishReason or blockReason is a word in capitals, or the number that was asked for."""
    for chunk in chunks(reading):
        told = [(f"{path}.finishReason", one.get("finishReason")) for path, one in candidates(chunk)]
        told.append(("$.promptFeedback.blockReason", inside(chunk.data, "promptFeedback", "blockReason")))
        for path, word in told:
            if isinstance(word, str) and not _WORD.fullmatch(word):
                yield Violation(
                    "the reason is no word of this language", path, chunk.frame, "STOP, MAX_TOKENS, …", word
                )


@BOOK.rule(
    "GM-R05",
    "SHOULD",
    Scope.ANSWER,
    "a model may have nothing to say, hence no MUST",
    good='"parts":[{"text":"Hello"}],"finishReason":"STOP"',
    bad='"content":{"role":"model"},"finishReason":"STOP"',
    why="the user sees nothing, and nothing says why: often a gateway hid a malformed call",
)
def something_is_said(reading: Reading) -> Iterator[Violation]:
    """An answer that ends with STOP says or calls something."""
    last = reading.events[-1] if reading.events else None
    if isinstance(last, Done) and last.reason == "stop" and not any(_holds(reading)):
        yield Violation("nothing is said", "$.candidates[0].content")


def _holds(reading: Reading) -> Iterator[bool]:
    for chunk in chunks(reading):
        for _, part in parts(chunk):
            yield any(part.get(name) for name in DATA_FIELDS)


@BOOK.rule(
    "GM-R06",
    "MUST",
    Scope.ANSWER,
    "google-genai SDK types: Part, whose data is a oneof",
    good='{"text":"I will look."}, {"functionCall":{…}}',
    bad='{"text":"I will look.","functionCall":{…}}',
    why="clients read the first datum that they find, and lose the other",
)
def one_datum(reading: Reading) -> Iterator[Violation]:
    """A part holds one datum: a text, or a call, or something else."""
    for chunk in chunks(reading):
        for path, part in parts(chunk):
            held = [name for name in DATA_FIELDS if part.get(name) is not None]
            if len(held) > 1:
                yield Violation("a part holds several data", path, chunk.frame, "one of them", held)


@BOOK.rule(
    "GM-R07",
    "MUST",
    Scope.ANSWER,
    "ai.google.dev: results name their call's id",
    good='"id":"fc1", then "id":"fc2"',
    bad='"id":"fc1" on both calls',
    why="both results are taken for those of one call",
)
def calls_have_own_ids(reading: Reading) -> Iterator[Violation]:
    """No two calls of an answer have one id."""
    known: set[str] = set()
    for chunk in chunks(reading):
        for path, part in parts(chunk):
            id = inside(part, "functionCall", "id")
            if isinstance(id, str) and id in known and inside(part, "functionCall", "name"):
                yield Violation("the id is taken", f"{path}.functionCall.id", chunk.frame, "an id of its own", id)
            known |= {id} if isinstance(id, str) and id else set()


@BOOK.rule(
    "GM-R08",
    "MUST",
    Scope.ANSWER,
    "ProtoJSON: a server writes lowerCamelCase; @google/genai reads nothing else",
    good='"finishReason":"STOP", "usageMetadata":{"promptTokenCount":5}',
    bad='"finish_reason":"STOP", "usage_metadata":{"prompt_token_count":5}',
    why="JavaScript and Go find neither the reason nor the usage; the Python SDK alone reads both spellings",
)
def keys_in_camel_case(reading: Reading) -> Iterator[Violation]:
    """The keys of a reply are in camelCase; a gateway's own keys are its own business."""
    for chunk in chunks(reading):
        told: list[tuple[str, JSON]] = [("$", chunk.data), ("$.usageMetadata", chunk.data.get("usageMetadata"))]
        told += [*candidates(chunk), *parts(chunk)]
        for path, one in told:
            for key in one if isinstance(one, dict) else ():
                if "_" in key and _UNDERSCORE.sub(lambda found: found[1].upper(), key) in _KEYS:
                    yield Violation("the key is in snake_case", f"{path}.{key}", chunk.frame, "camelCase", key)
                    return


@BOOK.rule(
    "GM-R09",
    "SHOULD",
    Scope.REPLY,
    "google-genai SDK types: usage_metadata; every recorded reply",
    good='"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2,"totalTokenCount":7}',
    bad="no usageMetadata, or one without totalTokenCount",
    why="the cost of the call is unknown; nothing else says it",
)
def usage_is_told(reading: Reading) -> Iterator[Violation]:
    """A whole reply with a candidate counts its tokens."""
    for chunk in chunks(reading):
        if any(candidates(chunk)) and inside(chunk.data, "usageMetadata", "totalTokenCount") is None:
            got = chunk.data.get("usageMetadata")
            yield Violation("the tokens are not counted", "$.usageMetadata.totalTokenCount", None, "a count", got)


@BOOK.rule(
    "GM-R10",
    "SHOULD",
    Scope.ANSWER,
    "google-genai SDK types: response_id, model_version; every recorded reply of the Developer API",
    good='"responseId":"r1","modelVersion":"gemini-3.5-flash"',
    bad="neither of them",
    why="an answer cannot be told from another, nor found in the vendor's logs",
)
def answer_is_named(reading: Reading) -> Iterator[Violation]:
    """An answer says its responseId and its modelVersion."""
    told = chunks(reading)
    failed = any(one.data.get("error") for one in told)
    for name in ("responseId", "modelVersion") if told and not failed else ():
        if not any(isinstance(one.data.get(name), str) and one.data[name] for one in told):
            yield Violation(f"{name} is not said", f"$.{name}", told[0].frame)
