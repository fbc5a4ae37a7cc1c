"""Rules of Groq: what it tells in `x_groq` beside the chunks of its language.

Rule of the file: recorded streams of its models. Its compound systems, which call several models, tell it at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.dialects.openai_chat.book import inside
from conformance.reading import Reading
from conformance.rulebook import Rulebook, Scope, Violation

BOOK = Rulebook("groq")


@BOOK.rule(
    "CT-10",
    "MUST",
    Scope.STREAM,
    "recorded streams of api.groq.com; groq SDK: XGroq",
    good='first chunk "x_groq":{"id":"req_1"}, last "x_groq":{"id":"req_1","usage":{…}},"usage":{…} alike',
    bad='a first chunk without x_groq; "x_groq":{"usage":{"total_tokens":9}} beside "usage":{"total_tokens":12}',
    why="the SDK reads the request's id there and nowhere else, and clients take the one or the other count",
    survived="the openai SDK hands x_groq on unread",
)
def tells_of_itself(reading: Reading) -> Iterator[Violation]:
    """The first chunk names the request in x_groq, and usage that is told there is the usage that is told beside it."""
    told = [(frame.number, frame.json) for frame in reading.chunks if "error" not in frame.json]
    if not told or "compound" in str(reading.asked.get("model")):
        return
    if not inside(told[0][1], "x_groq", "id"):
        yield Violation("the first chunk does not name the request", "$.x_groq.id", told[0][0])
    usages = [chunk["usage"] for _, chunk in told if chunk.get("usage")]
    for frame, chunk in told:
        inner = inside(chunk, "x_groq", "usage")
        if inner and usages and inner != usages[-1]:
            yield Violation("x_groq counts otherwise", "$.x_groq.usage", frame, usages[-1], inner)
