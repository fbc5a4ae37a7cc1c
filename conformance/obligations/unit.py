"""Unit tier: who the adapter is and what it composes, before anything is sent.

Rule of the file: the dialect's own schema and server half are the judges, not what the adapter says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.cases import NotJudged
from conformance.obligations.keys import all_key_faults, sample_faults
from conformance.obligations.mapping import holds
from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import ORDER, WEATHER, minimal_request, request_with_tools

if TYPE_CHECKING:
    from conformance.adapters import Adapter
    from conformance.model import ChatRequest

FLOOR = {"native": 3, "preset": 3}
"""Fewest cassettes by onboarding: simple_text, tool_call_single, error_auth_401."""


@obligation("unit", "auth", why="a key in a URL or a body ends in logs, and a key left out is a 401")
def auth(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """The API key is on the wire at the adapter's place for it, and nowhere else; so is a token issued for it.

    Of a key that signs, only what names it travels, and what signs never does.
    """
    from conformance.subjects.canned import Answer, ask

    refused = Answer((b"{}",), 401, (("content-type", "application/json"),))
    heard = ask(adapter, minimal_request(adapter.model), refused)
    yield from all_key_faults(adapter, heard)
    for sample in getattr(adapter, "key_samples", ()):  # a third party's adapter may lack the fact
        yield from sample_faults(sample, ask(adapter, minimal_request(adapter.model), refused, key=sample.key))


@obligation("unit", "endpoint", why="a wrong path is a 404 from some gateways and a wrong answer from others")
def endpoint(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """The URL is exact, streamed and whole: the base URL, then the dialect's path; another base URL replaces it."""
    from urllib.parse import urlsplit

    here = "http://127.0.0.1:9/gate"
    base_url = adapter.base_url.format_map(getattr(adapter, "settings", {}))
    for stream in (True, False):
        request = minimal_request(adapter.model, stream=stream)
        url, kind = adapter.url(request), "streamed" if stream else "whole"
        parts = urlsplit(url)
        at_home = (parts.scheme, parts.hostname) == ("http", "127.0.0.1")  # a server on the user's own machine
        if not at_home and (parts.scheme != "https" or not parts.hostname or "." not in parts.hostname):
            yield Violation(f"{kind}: not an https URL of a host", "url", got=url)
        if url.partition("://")[2].count("//") or any(letter.isspace() for letter in url):
            yield Violation(f"{kind}: the URL has an empty segment or a space", "url", got=url)
        yield from _language_faults(adapter, request, kind)
        tail = url.removeprefix(base_url.rstrip("/"))
        if tail == url:
            yield Violation(f"{kind}: the URL does not begin with the base URL", "url", None, base_url, url)
        for base in (here, here + "/"):
            if (moved := adapter.url(request, base)) != here + tail:
                yield Violation(f"{kind}: another base URL is not respected", "url", None, here + tail, moved)


def _language_faults(adapter: Adapter, request: ChatRequest, kind: str) -> Iterator[Violation]:
    speaks, url, body = adapter.dialect, adapter.url(request), adapter.body(request)
    if not speaks.claims("POST", url, adapter.headers(request), body):
        yield Violation(f"{kind}: the dialect does not know this URL as its own", "url", None, speaks.name, url)
    if speaks.streams(url, body) is not request.stream:
        yield Violation(f"{kind}: URL and body ask for the other kind of answer", "url", got=url)


@obligation("unit", "tool_serialization", why="a model that sees another schema calls the tool with other arguments")
def tool_serialization(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Tools stand at the dialect's path, in order, each JSON Schema intact."""
    if "tools" not in adapter.capabilities:
        raise NotJudged(f"{adapter.name} does not claim tools")
    body = adapter.body(request_with_tools(adapter.model, WEATHER, ORDER))
    path, found = adapter.dialect.tools_path, adapter.dialect.tool_schemas(body)
    wanted = [dict(tool.parameters or {}) for tool in (WEATHER, ORDER)]
    if found != wanted:
        yield Violation("the tool schemas are not what was given", path, None, wanted, found)
    for tool in (WEATHER, ORDER):
        for mark in (tool.name, tool.description):
            if not holds(body, mark):
                yield Violation(f"tool {tool.name} lost its name or description", path, None, mark)


@obligation("unit", "cassette_floor", why="a provider without recordings is tested by nothing but hope")
def cassette_floor(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Enough cassettes are recorded: parsed, of this very provider, with an answer that decodes; names do not count."""
    from conformance.decoding import decode
    from conformance.errors import InputError
    from conformance.tape import read_cassette, shelf

    good, folder = 0, bench.folder or shelf()
    for path in sorted(folder.glob(f"verify_{adapter.name}_*.json")):
        try:
            recording = read_cassette(path)
        except InputError as fault:
            yield Violation(f"a cassette cannot be read: {fault}", path.name)
            continue
        if recording.provenance.provider != adapter.name:
            continue  # of another provider whose name begins alike
        answers = [decode(one, adapter.dialect) for one in recording.exchanges]
        if answers and all(events and type(events[-1]).__name__ in ("Done", "Error") for events in answers):
            good += 1
    if good < (floor := FLOOR[adapter.onboarding]):
        yield Violation(f"too few cassettes; record them: conformance record {adapter.name}", None, None, floor, good)
