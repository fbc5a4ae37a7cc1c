"""What an endpoint owes beyond what one exchange can show: each promise with its id, level, sentence and source.

Rule of the file: a table. Who asks and who compares stands in the suites; a finding names its promise by id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from conformance.model import JSON
from conformance.rulebook import Finding, Level, shorten


class Promise(NamedTuple):
    """One sentence that a live server is held to."""

    id: str
    level: Level
    sentence: str
    source: str
    why: str
    survived: str = ""
    """Why the common clients read on when it is broken."""


_HTTP = "RFC 9110"
_GATEWAY = "gateway integration suite: what an operator checks"
_OPTION = "the language's reference: what the option promises"

_ALL = (
    Promise("EP-01", "MUST", "Every request gets a response within its time-out.", _HTTP,
            "the caller waits in vain, or has half an answer"),
    Promise("EP-02", "MUST", "Nothing that a client sends makes the server answer 500.", f"{_HTTP} 15.6; {_GATEWAY}",
            "clients repeat what can never succeed, and an operator is woken for a typing mistake"),
    Promise("EP-03", "MUST", "An error is told by a status of 400 and above, never as an answer under 200.",
            f"{_HTTP} section 15; {_GATEWAY}", "the error is shown to the user as what the model said"),
    Promise("EP-04", "MUST", "A plain question is answered, whole and streamed.", _GATEWAY, "nothing works"),
    Promise("EP-06", "MUST", "An unknown model is refused with 404 or 400.", _GATEWAY,
            "a typing mistake is answered by a model that nobody chose", "the answer itself is sound"),
    Promise("EP-07", "MUST", "A request without its messages is refused with 400 or 422.", _GATEWAY,
            "a client's mistake looks like an answer"),
    Promise("EP-08", "MUST", "A body that is not JSON is refused with 400 or 422.", _GATEWAY,
            "a client's mistake looks like an answer, or like a fault of the server"),
    Promise("EP-09", "MUST", "A wrong key is refused with 401 or 403.", f"{_HTTP} section 15.5.2; {_GATEWAY}",
            "anyone may use the endpoint", "who has the right key sees no difference"),
    Promise("EP-10", "SHOULD", "A body that is not labelled as JSON is refused with 400 or 415.", "vendors' servers",
            "forms of any web page can call the endpoint"),
    Promise("EP-11", "SHOULD", "An unknown path is answered with 404.", f"{_HTTP} section 15.5.5",
            "a wrong base URL looks like a server that is broken"),
    Promise("EP-12", "SHOULD", "A method that a path does not take is answered with 405 or 404.",
            f"{_HTTP} section 15.5.6", "a wrong call looks like a server that is broken"),
    Promise("EP-13", "SHOULD", "A value that the language forbids is refused with 400 or 422.", "vendors' servers",
            "a client's mistake goes unnoticed"),
    Promise("EP-14", "SHOULD", "The status of a refusal is the one that the mistake calls for.", f"{_HTTP} 15.5",
            "clients that look at the status draw the wrong conclusion"),
    Promise("EP-15", "SHOULD", "The limit is heeded by its present name, max_completion_tokens.", _OPTION,
            "SDKs send this name: their answers have no limit", "who sends the older max_tokens is heeded"),
    Promise("EP-20", "MUST", "An answer that a stop sequence ended says so.", _OPTION,
            "half an answer is taken for a whole one, or the other way round"),
    Promise("EP-21", "MUST", "max_tokens limits the answer, and an answer that it cut says so.", _OPTION,
            "costs are not bounded, and half an answer is taken for a whole one"),
    Promise("EP-28", "SHOULD", "What was asked for is done as far as a model can be held to it.", "scenarios",
            "the feature may not work"),
    Promise("EP-29", "MUST", "Tokens that were read and written are counted, never as 0.", _OPTION,
            "bills and budgets are added up from these numbers", "clients show the answer all the same"),
    Promise("EP-30", "MUST", "The first token comes within its limit.", _GATEWAY, "users think that nothing happens",
            "it comes in the end"),
    Promise("EP-31", "MUST", "No pause within a stream is longer than its limit.", _GATEWAY,
            "proxies and clients take the stream for dead", "it goes on in the end"),
    Promise("EP-32", "MUST", "A stream arrives in pieces, as it is made, not in one block at the end.", _GATEWAY,
            "streaming gains nothing: something on the way holds the answer back", "the answer itself is sound"),
    Promise("EP-40", "MUST", "Asked the same, streamed and whole, an endpoint tells the same.", "GN-13",
            "a client that turns streaming on gets another answer"),
    Promise("EP-41", "SHOULD", "Every answer has an id of its own.", "the languages' references: id, unique",
            "logs, stores of conversations and traces put several answers into one"),
    Promise("EP-42", "SHOULD", "An answer tells when it was made, in seconds since 1970.",
            "OpenAPI: created, created_at", "answers are sorted and kept by a time that never was"),
    Promise("EP-43", "SHOULD", "An answer names the model that was asked for, or one that is listed.",
            "the languages' references: model, the one that made the answer",
            "bills and logs name a model that nobody chose"),
    Promise("EP-44", "SHOULD", "A longer prompt counts more tokens, by no more than its bytes.",
            "a token has at least one byte", "bills and budgets are added up from these numbers"),
    Promise("EP-50", "MUST", "The list of models is a list of models as the language says it.", "models-list reference",
            "clients that offer a choice of models show none"),
    Promise("EP-51", "SHOULD", "The model that is checked is listed.", _GATEWAY, "users cannot find it"),
    Promise("EP-52", "MUST", "Every model that is required is listed.", _GATEWAY, "users cannot choose it"),
    Promise("EP-60", "SHOULD", "A health check that is there says that all is well, or 503.", _GATEWAY,
            "a load balancer takes the server out, or leaves a dead one in"),
    Promise("EP-70", "SHOULD", "What was said earlier in a conversation is known later.", _GATEWAY,
            "something on the way drops the history"),
    Promise("EP-71", "SHOULD", "What a picture shows is seen.", _GATEWAY, "something on the way drops pictures"),
    Promise("EP-80", "SHOULD", "An optional service answers as its suite expects.", _GATEWAY, "it is unusable"),
)  # fmt: skip

PROMISES: Mapping[str, Promise] = {one.id: one for one in _ALL}


def broken(
    id: str,
    message: str,
    *,
    level: Level | None = None,
    path: str | None = None,
    expected: JSON = None,
    got: JSON = None,
) -> Finding:
    """The finding that a promise was not kept; `level` where this breach weighs otherwise than the promise."""
    known = PROMISES[id]
    survived = known.survived or None
    return Finding(id, level or known.level, message, path, None, shorten(expected), shorten(got), None, survived)
