"""Mistakes that a client makes: each is refused with a status that says so, as JSON in the language's shape, never 500.

Rule of the file: what may be refused in several ways is; an answer where a refusal is due is a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from msgspec import structs

from conformance.cases import NotJudged
from conformance.endpoints.asking import Ask, ask_of
from conformance.endpoints.case import EndpointCase
from conformance.endpoints.endpoint import Endpoint
from conformance.endpoints.performed import Performed
from conformance.endpoints.promises import broken
from conformance.endpoints.session import Found, Session
from conformance.endpoints.suites.asks import CONVERSATION, question, torn, whole, without
from conformance.model import ChatRequest
from conformance.scenarios import SCENARIOS


@dataclass(frozen=True)
class Mistake:
    """What is done wrong, and how a server may refuse it."""

    ask: Ask
    title: str
    promise: str
    statuses: tuple[int, ...]
    shape: bool = True
    """The refusal is the language's own, so its shape is judged; routers answer for unknown paths."""
    needs_key: bool = False


def cases(endpoint: Endpoint) -> Iterator[EndpointCase]:
    """One case for each mistake."""
    for one in _mistakes(endpoint):
        yield EndpointCase("errors", one.ask.name, one.title, partial(_refused, one))


def _mistakes(endpoint: Endpoint) -> Iterator[Mistake]:
    conversation = CONVERSATION.get(endpoint.dialect.name, "messages")
    asked = question("Say one word.")
    unknown = SCENARIOS["error_not_found_404"]
    also = (403, 422) if endpoint.dialect.name != "bedrock-converse" else (403, 422, 424)
    yield Mistake(ask_of(unknown), "a model that does not exist, streamed", "EP-06", (404, 400, *also))
    plain = replace(ask_of(unknown), name="unknown_model_whole", scenario="", patience="simple")
    plain = replace(plain, request=_not_streamed(plain))
    yield Mistake(plain, "a model that does not exist", "EP-06", (404, 400, *also))
    spoilt = Ask(name="no_messages", request=asked, spoil=without(conversation))
    if endpoint.dialect.name != "ollama":  # there it means: load the model
        yield Mistake(spoilt, "a request without its messages", "EP-07", (400, 422))
    if endpoint.dialect.name == "anthropic-messages":
        limitless = Ask(name="no_max_tokens", request=asked, spoil=without("max_tokens"))
        yield Mistake(limitless, "a request without its limit", "EP-13", (400, 422))
    yield Mistake(Ask(name="torn_json", request=asked, spoil=torn), "a body that is no JSON", "EP-08", (400, 422))
    for name in ("error_auth_401", "error_auth_401_whole"):
        how = "" if name.endswith("whole") else ", streamed"
        statuses = (401, 403, 400) if endpoint.dialect.name == "gemini" else (401, 403)
        yield Mistake(ask_of(SCENARIOS[name]), f"a wrong key{how}", "EP-09", statuses, needs_key=True)
    yield Mistake(ask_of(SCENARIOS["error_bad_request_400"]), "a negative limit", "EP-13", (400, 422))
    labelled = replace(whole("wrong_content_type", "Say one more word."), label="text/plain")
    yield Mistake(labelled, "a body that is labelled as text", "EP-10", (400, 415, 422))
    astray = Ask(name="unknown_path", request=asked, path="/conformance/no/such/path")
    yield Mistake(astray, "a path that does not exist", "EP-11", (404, 405), shape=False)
    if endpoint.dialect.name == "gemini":  # below the list of models, a GET may well read one
        return
    getting = Ask(name="wrong_method", request=asked, method="GET", spoil=lambda body: b"")
    yield Mistake(getting, "a GET where a POST belongs", "EP-12", (405, 404, 400, 426), shape=False)


def _not_streamed(ask: Ask) -> ChatRequest:
    assert ask.request is not None, "it is a scenario's"
    return structs.replace(ask.request, stream=False)


def _refused(one: Mistake, session: Session) -> Found:
    if one.needs_key and not session.endpoint.key:
        raise NotJudged("no key is configured (--api-key-env), so none can be wrong")
    found = session.perform(one.ask)
    yield from session.look(found, shape=one.shape)
    if found.response is None or found.status >= 500:
        return
    if found.status in (429,):
        raise NotJudged("the server was busy: HTTP 429")
    if found.status in (401, 403) and one.promise != "EP-09" and found.status not in one.statuses:
        raise NotJudged(f"the key was refused first: HTTP {found.status}")
    due = " or ".join(map(str, sorted(one.statuses)))
    if found.status < 400:
        yield broken(one.promise, f"{one.title}: {_instead(found)}", expected=f"HTTP {due}", got=f"HTTP {found.status}")
    elif found.status not in one.statuses:
        told = f"{one.title}: it is refused with another status"
        promise = "EP-09" if one.needs_key else "EP-14"  # programs ask for another key at 401 and 403 only
        yield broken(promise, told, expected=due, got=found.status)
    elif found.status == 405 and not found.response.header("allow"):
        yield broken(one.promise, f"{one.title}: HTTP 405 without Allow", path="allow", expected="the methods it takes")
    elif one.shape and found.error and not found.error.message.removeprefix(f"HTTP {found.status}:").strip():
        yield broken("EP-14", f"{one.title}: the refusal has no message")


def _instead(found: Performed) -> str:
    if found.error:
        return f"the error came under {found.status}"
    text = found.reply.text[:80] if found.reply else ""
    return f"it was answered{f': {text!r}' if text else ''}"
