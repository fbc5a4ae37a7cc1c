"""Rules of bedrock-converse about the messages of the event stream themselves, and the failures among them.

Rule of the file: rules on bytes are `framing` rules; those on failures look at what the frames tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.reading import ABSENT, Reading
from conformance.rulebook import Rulebook, Scope, Violation
from conformance.wire.eventstream import Message, messages

from .failures import message_of
from .story import story
from .words import STREAM_EXCEPTIONS, kind_of, object_of

BOOK = Rulebook("bedrock-converse: frames")

_NEEDED = {"event": ":event-type", "exception": ":exception-type", "error": ":error-code"}

_SHAPES: dict[str, tuple[str, ...]] = {  # of what other rules tell, nothing is said: BR-S04, BR-S10 and BR-S11
    "messageStart": (),
    "contentBlockStart": ("contentBlockIndex", "start"),
    "contentBlockDelta": ("contentBlockIndex", "delta"),
    "contentBlockStop": ("contentBlockIndex",),
    "messageStop": (),
    "metadata": (),
}


@BOOK.rule(
    "BR-S01",
    "MUST",
    Scope.STREAM,
    "botocore: eventstream.EventStreamBuffer; AWS event stream encoding",
    framing=True,
    good="a message whose two CRC-32 fit its bytes, headers up to 128 KiB, payload up to 24 MiB",
    bad="a message that a proxy has rewritten without its checksums",
    why="every AWS SDK raises a checksum error in the middle of the answer",
)
def checksums(reading: Reading) -> Iterator[Violation]:
    """Lengths and both checksums of every message are right, and its headers can be read."""
    _, fault = _messages(reading)
    if fault:
        yield Violation(fault[1], None, fault[0], "a sound message")


@BOOK.rule(
    "BR-S02",
    "MUST",
    Scope.STREAM,
    "botocore: eventstream.EventStreamHeaderParser (raises DuplicateHeader)",
    framing=True,
    good=":message-type event, :event-type messageStart, :content-type application/json",
    bad=":message-type event alone",
    why="SDKs choose the member of the union by :event-type: without it the event is dropped unseen",
)
def headers(reading: Reading) -> Iterator[Violation]:
    """Each message has `:message-type` and the header that names it, and no header twice."""
    for number, message in enumerate(_messages(reading)[0]):
        names = [name for name, _ in message.headers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            yield Violation("a header stands twice", None, number, "each once", twice)
        kind = message.header(":message-type")
        needed = _NEEDED.get(kind) if isinstance(kind, str) else None
        if needed is None:
            yield Violation(
                "no :message-type that exists", None, number, list(_NEEDED), None if kind is None else str(kind)
            )
        elif needed not in names:
            yield Violation(f"a message of type {kind!r} without {needed}", None, number, needed, names)


@BOOK.rule(
    "BR-S03",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: members of ConverseStreamOutput",
    good='contentBlockStop {"contentBlockIndex": 0}',
    bad="contentBlockStop {}",
    why="typed clients raise, or attach the delta to the wrong block",
)
def shapes(reading: Reading) -> Iterator[Violation]:
    """The payload of an event is a JSON object with the members that its type requires."""
    for frame in reading.frames:
        needed = _SHAPES.get(frame.event)
        if needed is None:
            continue
        if not isinstance(frame.json, dict):
            got = None if frame.json is ABSENT else frame.json
            yield Violation(f"the payload of {frame.event} is no object", None, frame.number, "an object", got)
        elif missing := [key for key in needed if key not in frame.json]:
            yield Violation(f"{frame.event} lacks {', '.join(missing)}", "$", frame.number, list(needed), frame.json)


@BOOK.rule(
    "BR-E02",
    "MUST",
    Scope.STREAM,
    "bedrock-runtime 2023-09-30: exceptions of ConverseStreamOutput",
    good='…, throttlingException {"message": "…"}, end of the stream',
    bad="exception overloaded, then more deltas",
    why="SDKs raise at the exception: what follows reaches nobody, and one without a name cannot be retried rightly",
)
def exceptions(reading: Reading) -> Iterator[Violation]:
    """An exception is one that the service models, tells a message, and is the last of its stream."""
    for step, after in pairwise((*story(reading).steps, None)):
        if step is None or not step.kind.startswith("exception:"):
            continue
        name = step.kind.partition(":")[2]
        if kind_of(name) is None:
            yield Violation("this exception does not exist", None, step.frame, list(STREAM_EXCEPTIONS), name)
        if message_of(object_of(step.data)) is None:
            yield Violation("the exception has no message", "$.message", step.frame, "a string", step.data)
        if after is not None:
            yield Violation(f"{after.kind or 'a message'} follows the exception", None, after.frame)


@BOOK.rule(
    "BR-E03",
    "MUST",
    Scope.STREAM,
    "botocore: eventstream.EventStreamMessage, :error-code and :error-message",
    framing=True,
    good=":message-type error, :error-code InternalFailure, :error-message …",
    bad=":message-type error, alone; or followed by more events",
    why="clients show the user an error without a name and without a word",
)
def unmodelled_errors(reading: Reading) -> Iterator[Violation]:
    """A message of type error names itself in `:error-code`, tells `:error-message`, and is the last."""
    found = _messages(reading)[0]
    for number, message in enumerate(found):
        if message.header(":message-type") != "error":
            continue
        for name in (":error-code", ":error-message"):
            if not message.header(name):
                yield Violation(f"an error without {name}", None, number, name)
        if number + 1 < len(found):
            yield Violation("a message follows the error", None, number + 1)


def _messages(reading: Reading) -> tuple[list[Message], tuple[int, str] | None]:
    """The sound messages, and what is wrong with the first that is not, with its number."""
    found: list[Message] = []
    try:
        for one in messages(reading.exchange.response.body):
            found.append(one)
    except ValueError as fault:
        return found, (len(found), str(fault))
    return found, None
