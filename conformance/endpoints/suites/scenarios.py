"""Every scenario that the language allows, streamed and whole, and whether the twins tell the same.

Rule of the file: the rules of the dialect judge each exchange; what a scenario expects weighs as much as a server, and
not its model, can be held to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from conformance.endpoints.asking import ask_of
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session, Unsupported
from conformance.endpoints.suites.counting import counts
from conformance.endpoints.suites.twins import differ
from conformance.model import Error
from conformance.rulebook import Finding, Level, Violation
from conformance.scenarios import SCENARIOS, Scenario, fits
from conformance.scenarios.form import Seen

BASICS = frozenset({"simple_text", "simple_text_whole"})
"""What an endpoint must answer, or there is nothing to check."""

_WEIGHS: Mapping[str, tuple[str, Level] | None] = {
    "timeline_is_sound": None,  # GN-10 and GN-11 tell it
    "completes": None,  # told by the session
    "counts_tokens": None,  # told by `counting`
    "text_is_not_empty": ("EP-28", "SHOULD"),
    "keeps_text": ("EP-28", "INFO"),  # a model may well forget a letter
    "reasons": ("EP-28", "INFO"),
    "thinking_comes_first": ("EP-28", "SHOULD"),
    "counts_cache": ("EP-28", "INFO"),  # small prompts and other vendors have no cache
    "keeps_to_limit": None,  # GN-23 tells it
    "leaves": None,  # GN-22 tells it
    "stops": ("EP-28", "INFO"),
    "calls_tools": ("EP-28", "INFO"),
    "json_fits": None,  # GN-26 tells it
}
"""Expectation -> the promise and the level by which it counts live."""


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """One case for each scenario that a request can bring about, and one for each pair of twins."""
    for name, one in SCENARIOS.items():
        if one.live and not isinstance(one.answer, Error) and fits(one, endpoint.speaker) is None:
            yield EndpointCase("scenarios", name, one.title, partial(_scenario, one))
            if name.endswith("_whole"):
                streamed = name.removesuffix("_whole")
                title = f"{SCENARIOS[streamed].title}: streamed and whole agree"
                yield EndpointCase("scenarios", f"{streamed}_twins", title, partial(differ, streamed))


def _scenario(one: Scenario, session: Session) -> Found:
    try:
        found = yield from session.answer(ask_of(one))
    except Unsupported as no:
        if one.name in BASICS:
            yield broken("EP-04", f"a plain question was refused: {no}")
        raise
    seen = Seen(one, found.events, "live")
    for expectation in one.expect:
        if weight := _WEIGHS.get(expectation.__name__, ("EP-28", "SHOULD")):
            yield from (_weighed(one, weight, found) for found in expectation(seen))
    yield from counts(found)
    yield from (finding for check in _MORE.get(one.name.removesuffix("_whole"), ()) for finding in check(seen))


def _weighed(one: Scenario, weight: tuple[str, Level], what: Violation) -> Finding:
    id, level = weight
    if one.name in BASICS and "no text" in what.message:
        id, level = "EP-04", "MUST"
    return broken(id, what.message, level=level, path=what.path, expected=what.expected, got=what.got)


# ------------------------------------------------------------------ what a server can be held to


def _cut(seen: Seen) -> Found:
    from conformance.endpoints.suites.limiting import too_long

    limit = seen.scenario.request.max_tokens
    if seen.reply and limit:
        yield from too_long(seen.reply, limit)


def _beyond_ascii(seen: Seen) -> Found:
    """A model forgets a letter; that it knows none of eight scripts, and all that is ASCII, is the server's doing."""
    text = seen.reply.text if seen.reply else ""
    if text.isascii() and "|" in text and "first" in text:
        yield broken("EP-28", "of what was to be repeated nothing beyond ASCII came back", got=text[:200])


_MORE: Mapping[str, tuple[Callable[[Seen], Found], ...]] = {"max_tokens": (_cut,), "unicode_text": (_beyond_ascii,)}
