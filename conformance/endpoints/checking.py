"""A whole check: knock, then judge case after case, verdicts as they come.

Rule of the file: a dead server, a refused key and a wrong path are one clear error before many requests are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from conformance.cases import Verdict
from conformance.endpoints.asking import Ask, ask_of
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.naming import settle
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.health import HEALTH
from conformance.endpoints.suites.models import listing
from conformance.errors import Unreachable, UsageError
from conformance.scenarios import SCENARIOS

Tell: TypeAlias = Callable[[int, int, str], None]

_KNOCK = "simple_text_whole"
MODELLESS = frozenset({"health", "transcription", "memory", "debug"})
"""Suites that ask for no answer of a model: a service that has none can be checked by them."""


def check(session: Session, cases: list[EndpointCase], tell: Tell = lambda number, of, name: None) -> Iterator[Verdict]:
    """The verdicts; `tell` hears of each case before its work. Raises `Unreachable` or `UsageError` where nothing can
    be judged.
    """
    knock(session, ask_of(SCENARIOS[_KNOCK]) if any(case.suite not in MODELLESS for case in cases) else HEALTH)
    if any(case.suite == "options" or case.name.startswith("max_tokens") for case in cases):
        settle(session)
    for number, case in enumerate(cases, 1):
        tell(number, len(cases), case.name)
        yield case.judge(session)
    if session.throttled:
        yield EndpointCase("errors", "throttled", "answers that said: later", _throttled).judge(session)


def knock(session: Session, ask: Ask) -> None:
    """One plain question, to find out early that nobody is there, or that the key or the path is wrong."""
    endpoint = session.endpoint
    found = session.perform(ask)
    if found.response is None and not found.hung:
        told = f"{endpoint.base_url} gives no answer: {found.failure.partition('gave no answer: ')[2] or found.failure}"
        raise Unreachable(told, "check the address, the network and whether the server runs")
    if found.status in (401, 403) or (found.error and found.error.kind == "auth" and found.status >= 400):
        which = f"the key in {endpoint.key_env}" if endpoint.key else "a call without a key"
        hint = "check that key" if endpoint.key else "name the variable that holds the key: --api-key-env VAR"
        raise UsageError(f"{endpoint.base_url} refuses {which}: HTTP {found.status}{_words(found)}", hint)
    if found.status in (404, 405) and ask.request:
        _nothing_here(session, _words(found))


def _words(found: Performed) -> str:
    said = found.error.message.removeprefix(f"HTTP {found.status}").lstrip(": ") if found.error else ""
    return f": {said[:200]}" if said else ""


def _nothing_here(session: Session, words: str) -> None:
    """Tell a wrong path from a model that is not known."""
    endpoint = session.endpoint
    url = session.done[_KNOCK].request.url
    listed = session.perform(listing(endpoint))
    if listed.status == 200 and listed.response:
        body = listed.response.json()
        ids = [one.get("id") or one.get("name") for one in _list(body) if isinstance(one, dict)]
        if ids and endpoint.model not in ids:
            hint = f"it lists: {', '.join(map(str, ids[:12]))}"
            raise UsageError(f"{endpoint.base_url} does not answer as model {endpoint.model!r}{words}", hint)
    streamed = session.perform(ask_of(SCENARIOS["simple_text"]))
    if streamed.status in (404, 405):
        told = f"{url} answers {session.done[_KNOCK].status}: nothing of {endpoint.dialect.name} is served there{words}"
        raise UsageError(told, f"check --base-url and --dialect: {endpoint.dialect.name} wants {_wanted(endpoint)}")


def _wanted(endpoint: Endpoint) -> str:
    prefix = endpoint.dialect.prefix
    return f"a base URL that ends in {prefix}" if prefix else "the origin alone"


def _list(body: object) -> list[object]:
    if isinstance(body, dict):
        body = body.get("data") or body.get("models")
    return body if isinstance(body, list) else []


def _throttled(session: Session) -> Found:
    """Every answer that said 429 or 503, judged as the others are."""
    for number, one in enumerate(session.throttled):
        session.used.append(one)
        told = replace(one, ask=replace(one.ask, name=f"throttled_{number}"))
        yield from session.look(told, shape=one.ask.request is not None)
    if len(session.throttled) > 8:
        yield broken("EP-02", f"{len(session.throttled)} answers said that the server is busy", level="SHOULD")
