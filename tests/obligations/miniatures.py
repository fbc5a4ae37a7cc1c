"""Miniatures: for every obligation a tiny adapter, or a doctored cassette, that is wrong in just that way.

Rule of the file: each is the good `openai` adapter with one thing spoilt; its docstring says what. `also` names the
other obligations that must notice it too. A miniature may edit the cassettes of its folder, which is a copy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import msgspec

from conformance import Adapter, ChatRequest, Done, Error, Event, HttpAdapter, TextDelta, TextEnd
from conformance.auth import bearer
from conformance.dialects import StreamDecoder
from conformance.exchange import End, Headers
from conformance.model import replay
from conformance.testing import KEY

Spoil = Callable[[HttpAdapter, Path], Adapter]


@dataclass(frozen=True)
class Miniature:
    obligation: str
    spoil: Spoil
    also: frozenset[str]


MINIATURES: dict[str, Miniature] = {}


def miniature(obligation: str, *also: str) -> Callable[[Spoil], Spoil]:
    def keep(spoil: Spoil) -> Spoil:
        assert spoil.__doc__, "say what is wrong"
        assert obligation not in MINIATURES
        MINIATURES[obligation] = Miniature(obligation, spoil, frozenset(also))
        return spoil

    return keep


# ------------------------------------------------------------------ ways to spoil


def with_body(good: HttpAdapter, change: Callable[[ChatRequest, dict[str, Any]], Any]) -> HttpAdapter:
    """Change what the dialect composes."""

    def body(request: ChatRequest, quirks: Any) -> Any:
        return change(request, good.dialect.body(request, quirks))

    return replace(good, dialect=replace(good.dialect, body=body))


def with_error(good: HttpAdapter, change: Callable[[Error], Error]) -> HttpAdapter:
    """Change what the dialect makes of an error answer."""

    def error(status: int, headers: Headers, body: bytes) -> Error:
        return change(good.dialect.error(status, headers, body))

    return replace(good, dialect=replace(good.dialect, error=error))


class Meddling:
    """A decoder that lets a good one work and meddles with its bytes and events."""

    def __init__(
        self, good: StreamDecoder, chunk: Callable[[bytes], bytes], events: Callable[[list[Event]], list[Event]]
    ) -> None:
        self.good, self.chunk, self.events = good, chunk, events

    def feed(self, chunk: bytes) -> list[Event]:
        return self.events(self.good.feed(self.chunk(chunk)))

    def close(self, end: End = "eof") -> list[Event]:
        return self.events(self.good.close(end))


def with_decoder(
    good: HttpAdapter,
    chunk: Callable[[bytes], bytes] = lambda data: data,
    events: Callable[[list[Event]], list[Event]] = lambda told: told,
) -> HttpAdapter:
    """Change what the dialect's decoder gets, or what it tells."""
    return replace(good, dialect=replace(good.dialect, decoder=lambda: Meddling(good.dialect.decoder(), chunk, events)))


class Relabelling(httpx.Auth):
    """An auth flow that mends the label of answers, which is nobody's business."""

    def __init__(self, key: str, found: str | None, label: str) -> None:
        self.key, self.found, self.label = key, found, label

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["authorization"] = f"Bearer {self.key}"
        response = yield request
        if response.headers.get("content-type") == self.found:  # type: ignore[attr-defined]
            response.headers["content-type"] = self.label  # type: ignore[attr-defined]


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Edit a cassette as JSON."""
    told = json.loads(path.read_text(encoding="utf-8"))
    change(told)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")


def swap(path: Path, old: str, new: str) -> None:
    """Replace text in the recorded answers; it must be there."""

    def change(told: Any) -> None:
        found = 0
        for one in told["interactions"]:
            body = one["response"]["body"]
            found += sum(old in chunk for chunk in body["chunks"])
            body["chunks"] = [chunk.replace(old, new) for chunk in body["chunks"]]
        assert found, f"{path.name} holds no {old!r}"

    edit(path, change)


def cassette(folder: Path, scenario: str) -> Path:
    return folder / f"verify_openai_{scenario}.json"


# ------------------------------------------------------------------ unit


@miniature("unit.identity")
def takes_anothers_alias(good: HttpAdapter, folder: Path) -> Adapter:
    """It calls itself `claude`, as anthropic does."""
    return replace(good, aliases=(*good.aliases, "claude"))


@miniature("unit.request_mapping")
def drops_the_temperature(good: HttpAdapter, folder: Path) -> Adapter:
    """It leaves `temperature` out and says nothing of it."""

    def cold(request: ChatRequest, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in body.items() if name != "temperature"}

    return with_body(good, cold)


@miniature("unit.auth", "contract.auth_header")
def repeats_the_key(good: HttpAdapter, folder: Path) -> Adapter:
    """It sends the key a second time, in a header of its own."""

    class Twice(httpx.Auth):
        def __init__(self, key: str) -> None:
            self.key = key

        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["authorization"] = f"Bearer {self.key}"
            request.headers["x-debug"] = f"key={self.key}"
            yield request

    return replace(good, authenticate=Twice)


@miniature("unit.endpoint")
def ignores_another_base_url(good: HttpAdapter, folder: Path) -> Adapter:
    """Whatever base URL is given, it goes to the vendor."""

    class Stubborn(HttpAdapter):
        def url(self, request: ChatRequest, base_url: str | None = None) -> str:
            return super().url(request)

    return Stubborn(**{name: getattr(good, name) for name in good.__dataclass_fields__})


@miniature("unit.tool_serialization")
def strips_definitions(good: HttpAdapter, folder: Path) -> Adapter:
    """It removes `$defs` from tool schemas, so that their references point nowhere."""

    def strip(request: ChatRequest, body: dict[str, Any]) -> dict[str, Any]:
        for tool in body.get("tools", []):
            known = tool["function"].get("parameters")
            if known:
                tool["function"]["parameters"] = {name: value for name, value in known.items() if name != "$defs"}
        return body

    return with_body(good, strip)


@miniature("unit.cassette_floor")
def borrows_cassettes(good: HttpAdapter, folder: Path) -> Adapter:
    """Its cassettes have its name, but all except two were recorded of somebody else."""
    kept = {cassette(folder, "simple_text"), cassette(folder, "simple_text_whole")}
    for path in set(folder.glob("verify_openai_*.json")) - kept:
        edit(path, lambda told: told["provenance"].update(provider="somebody"))
    return good


# ------------------------------------------------------------------ contract


@miniature("contract.simple_text")
def loses_an_umlaut(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder says `?` where the model said `ö`."""

    def flat(told: list[Event]) -> list[Event]:
        text = msgspec.json.encode(told).decode().replace("ö", "?")
        return msgspec.json.decode(text, type=list[Event])

    return with_decoder(good, events=flat)


@miniature("contract.tool_call")
def stops_for_no_tool(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder says `stop` where the model stopped to have a tool called."""

    def stop(told: list[Event]) -> list[Event]:
        return [
            Done("stop", event.usage, msgspec.structs.replace(event.reply, stop="stop"))
            if isinstance(event, Done)
            else event
            for event in told
        ]

    return with_decoder(good, events=stop)


@miniature("contract.auth_header")
def keeps_the_first_key(good: HttpAdapter, folder: Path) -> Adapter:
    """It goes on using one key, whichever one a call gives."""
    return replace(good, authenticate=lambda key: bearer(KEY))


@miniature("contract.payload", "conformance.rules")
def labels_its_body_text(good: HttpAdapter, folder: Path) -> Adapter:
    """It declares its JSON body as plain text."""
    return replace(good, fixed_headers=(("content-type", "text/plain"),))


# ------------------------------------------------------------------ errors


@miniature("errors.http_500")
def hides_what_a_500_said(good: HttpAdapter, folder: Path) -> Adapter:
    """Of a 500 it tells the status only."""
    return with_error(
        good, lambda told: msgspec.structs.replace(told, message="server error") if told.status == 500 else told
    )


@miniature("errors.wrong_content_type")
def relabels_plain_text(good: HttpAdapter, folder: Path) -> Adapter:
    """It takes plain text for a stream."""
    return replace(good, authenticate=lambda key: Relabelling(key, "text/plain", "text/event-stream"))


@miniature("errors.missing_content_type")
def labels_what_has_no_label(good: HttpAdapter, folder: Path) -> Adapter:
    """It takes an answer without content type for a stream."""
    return replace(good, authenticate=lambda key: Relabelling(key, None, "text/event-stream"))


@miniature("errors.invalid_json")
def skips_what_it_cannot_parse(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder passes over frames that are not JSON."""
    return with_decoder(good, lambda chunk: b"" if chunk.startswith(b"data: {,") else chunk)


@miniature("errors.invalid_utf8")
def drops_bad_bytes(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder leaves bytes out that are not UTF-8."""
    return with_decoder(good, lambda chunk: chunk.replace(b"\xff\xfe", b""))


def _finished(event: Event) -> list[Event]:
    from conformance import Reply

    return list(replay(Reply()))[-1:] if isinstance(event, Error) and event.kind == "truncated" else [event]


@miniature("errors.truncation", "conformance.cut", "conformance.rules")
def takes_the_end_for_the_end(good: HttpAdapter, folder: Path) -> Adapter:
    """When the connection ends, it says that the answer is complete."""
    return with_decoder(good, events=lambda told: [one for event in told for one in _finished(event)])


@miniature("errors.rate_limit")
def forgets_when_to_come_back(good: HttpAdapter, folder: Path) -> Adapter:
    """It does not hand on `retry-after`."""
    return with_error(good, lambda told: msgspec.structs.replace(told, retry_after=None))


@miniature("errors.kinds")
def takes_forbidden_for_unknown(good: HttpAdapter, folder: Path) -> Adapter:
    """It reports 403 as a wrong key."""
    return with_error(
        good, lambda told: msgspec.structs.replace(told, kind="auth") if told.kind == "permission" else told
    )


@miniature("errors.midstream_error")
def overlooks_errors_in_the_stream(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder passes over error frames, so only the lost end is noticed."""
    return with_decoder(good, lambda chunk: b"" if b'"error"' in chunk else chunk)


@miniature("errors.proxy_error")
def blames_the_vendor(good: HttpAdapter, folder: Path) -> Adapter:
    """It reports a proxy's HTML page as the vendor's own failure."""
    return with_error(
        good, lambda told: msgspec.structs.replace(told, kind="server") if told.kind == "proxy_error" else told
    )


# ------------------------------------------------------------------ conformance


@miniature("conformance.recording")
def never_recorded(good: HttpAdapter, folder: Path) -> Adapter:
    """There is no cassette of simple_text."""
    cassette(folder, "simple_text").unlink()
    return good


@miniature("conformance.expectations")
def answers_otherwise(good: HttpAdapter, folder: Path) -> Adapter:
    """Both recordings answer with other words than were said."""
    swap(cassette(folder, "simple_text"), "reader", "raeder")
    swap(cassette(folder, "simple_text_whole"), "reader", "raeder")
    return good


@miniature("conformance.rules")
def changes_the_object(good: HttpAdapter, folder: Path) -> Adapter:
    """The chunks of the recorded stream name another object than the specification."""
    swap(cassette(folder, "simple_text"), "chat.completion.chunk", "chat.completion.piece")
    return good


@miniature("conformance.timeline", "conformance.expectations", "conformance.rules")
def ends_with_another_text(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder adds a blank to the text when a block ends with an exclamation mark."""

    def blank(told: list[Event]) -> list[Event]:
        return [
            TextEnd(event.index, event.text + " ") if isinstance(event, TextEnd) and event.text.endswith("!") else event
            for event in told
        ]

    return with_decoder(good, events=blank)


@miniature("conformance.recut", "conformance.rules")
def believes_that_chunks_are_frames(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder passes over pieces that do not end with a frame."""
    return with_decoder(good, lambda chunk: chunk if chunk.endswith(b"\n\n") else b"")


@miniature("conformance.cut", "conformance.rules")
def believes_in_last_words(good: HttpAdapter, folder: Path) -> Adapter:
    """Its decoder takes an answer for complete once it heard the word `welcome`."""

    class Polite(Meddling):
        def __init__(self) -> None:
            super().__init__(good.dialect.decoder(), lambda chunk: chunk, self.listen)
            self.heard = ""

        def listen(self, told: list[Event]) -> list[Event]:
            self.heard += "".join(event.text for event in told if isinstance(event, TextDelta))
            return [one for event in told for one in (_finished(event) if "welcome" in self.heard else [event])]

    return replace(good, dialect=replace(good.dialect, decoder=Polite))


@miniature("conformance.twins")
def counts_only_whole_answers(good: HttpAdapter, folder: Path) -> Adapter:
    """The recorded stream reports no reasoning tokens, the whole answer does."""
    swap(cassette(folder, "simple_text"), "reasoning_tokens", "other_tokens")
    return good


# ------------------------------------------------------------------ end to end


@miniature("e2e.agent_loop")
def forgets_long_conversations(good: HttpAdapter, folder: Path) -> Adapter:
    """It cuts the history once there are more than four messages."""

    def cut(request: ChatRequest, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "messages": body["messages"][-4:]}

    return with_body(good, cut)
