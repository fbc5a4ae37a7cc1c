"""The helpers for test authors: what they return is what went over the wire."""

from __future__ import annotations

import asyncio
import doctest
import importlib
import json
import pkgutil
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

import conformance.testing
from conformance import (
    CassetteMiss,
    Chunk,
    Error,
    Event,
    Exchange,
    InputError,
    Reply,
    Request,
    Response,
    Start,
    Text,
    TextDelta,
    Thinking,
    ToolCall,
    UsageError,
    adapter,
    decode,
    stream,
)
from conformance import testing as help
from conformance.model import replay
from conformance.testing import KEY

MODULES = [
    "conformance.subjects.samples",
    *(f"conformance.testing.{module.name}" for module in pkgutil.iter_modules(conformance.testing.__path__)),
]
BOTH = pytest.mark.parametrize("name", ["openai", "anthropic"])


@pytest.mark.parametrize("module", MODULES)
def test_every_example_in_a_docstring_holds(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module))
    assert found.failed == 0


def test_most_helpers_show_an_example() -> None:
    finder = doctest.DocTestFinder()
    shown = {
        test.name.rpartition(".")[2]
        for module in MODULES
        for test in finder.find(importlib.import_module(module))
        if test.examples
    }
    without = set(help.__all__) - shown
    assert without == {
        *["KEY", "ORDER", "WEATHER", "StreamSummary", "acollect", "count_recordings", "readable", "record_for"]
    }


# ------------------------------------------------------------------ summaries

FULL = Reply(
    parts=(Thinking("Hm.", "c2ln"), Text("Look:"), ToolCall("a", "f", '{"x":1}'), ToolCall("b", "g", "{}")),
    stop="tool_use",
)


def test_a_summary_tells_everything_of_a_stream() -> None:
    summed = help.summarize(replay(FULL))
    assert summed.timeline[:4] == ("Start", "ThinkingStart", "ThinkingDelta", "ThinkingEnd")
    assert summed.event_count == len(summed.timeline) == 14
    assert (summed.has_start, summed.has_done, summed.has_error_event) == (True, True, False)
    assert (summed.text, summed.thinking) == ("Look:", "Hm.")
    assert summed.tool_calls == FULL.tool_calls
    assert (summed.text_deltas, summed.thinking_deltas, summed.tool_call_deltas) == (1, 1, 2)
    assert (summed.stop_reason, summed.stream_error) == ("tool_use", None)


def test_a_summary_of_a_failure_has_no_done() -> None:
    summed = help.summarize([Start(), Error("truncated", "no [DONE]")])
    assert (summed.has_done, summed.has_error_event) == (False, True)
    assert (summed.stop_reason, summed.stream_error) == (None, "no [DONE]")


def test_half_a_stream_cannot_be_collected() -> None:
    half: list[Event] = [Start(), TextDelta(0, "Hel")]
    with pytest.raises(AssertionError, match=r"neither Done nor Error: \['Start', 'TextDelta'\]"):
        help.collect(half)


def test_the_wrong_collector_names_the_right_one() -> None:
    async def told() -> AsyncIterator[Event]:
        yield Start()

    with pytest.raises(UsageError) as caught:
        help.collect(told())  # type: ignore[arg-type]
    assert "acollect" in caught.value.hint
    with pytest.raises(UsageError, match="not async"):
        asyncio.run(help.acollect([Start()]))  # type: ignore[arg-type]


def test_an_async_stream_is_collected_too() -> None:
    async def told() -> AsyncIterator[Event]:
        for event in replay(FULL):
            yield event

    assert asyncio.run(help.acollect(told())) == list(replay(FULL))


# ------------------------------------------------------------------ bodies


@BOTH
def test_the_sse_generators_tell_whole_streams(name: str) -> None:
    speaks = adapter(name).dialect
    asked = Request("POST", adapter(name).url(help.minimal_request()), (), json.dumps(help.body_for(name)).encode())

    def told(text: str) -> list[Event]:
        answer = help.event_stream_response(text, speaks)
        return decode(Exchange(id="x", request=asked, response=answer), speaks, strict=True)

    assert help.summarize(told(help.simple_sse(speaks.name, "Grüße"))).text == "Grüße"
    (call,) = help.summarize(told(help.tool_call_sse(speaks))).tool_calls
    assert (call.name, call.input) == ("get_weather", {"city": "Oslo", "unit": "celsius"})


@BOTH
def test_a_body_builder_equals_what_the_adapter_sends(name: str) -> None:
    one = adapter(name)
    sent = help.body_for(name, prompt="How are you?")
    client, _ = help.vcr_client(
        "equal", one.url(help.minimal_request()), sent, 200, *_streamed(help.simple_sse(one.dialect))
    )
    request = help.minimal_request(one.model)
    asked = type(request)(model=one.model, messages=(conformance.model.user("How are you?"),), stream=True)
    events = help.collect(stream(one, asked, help.default_options(), client))
    assert help.summarize(events).has_done


def _streamed(text: str) -> tuple[dict[str, str], list[str]]:
    return {"content-type": "text/event-stream"}, [text[:40], text[40:]]


# ------------------------------------------------------------------ vcr clients

URL = "https://api.example/v1/chat"


def test_a_vcr_client_replays_its_pieces_and_its_headers() -> None:
    client, folder = help.vcr_client("pieces", URL, {"a": 1}, 418, [("x-one", "1"), ("x-one", "2")], ["ab", "c"])
    with client.stream("POST", URL, json={"a": 1}) as answer:
        assert list(answer.iter_raw()) == [b"ab", b"c"]
    assert answer.status_code == 418
    assert answer.headers.get_list("x-one") == ["1", "2"]
    assert json.loads((folder / "pieces.json").read_text(encoding="utf-8"))["provenance"]["source"] == "edited"


def test_the_folder_lives_as_long_as_the_client() -> None:
    client, folder = help.vcr_client("alive", URL, {}, 200, {}, ["x"])
    assert folder.exists()
    assert client.post(URL, json={}).text == "x"
    del client
    assert not folder.exists()


def test_a_request_that_differs_is_told_where() -> None:
    client, _ = help.vcr_client("differs", URL, {"stream": True, "model": "m"}, 200, {}, ["x"])
    with pytest.raises(CassetteMiss, match=r"\$\.stream"):
        client.post(URL, json={"stream": 1, "model": "m"})


def test_bytes_that_are_not_text_stand_as_base64_and_come_back() -> None:
    client, folder = help.vcr_client_bytes("odd", URL, {}, 200, {}, [b"ok\xff\xfe", b"text"])
    kept = json.loads((folder / "odd.json").read_text(encoding="utf-8"))
    assert kept["interactions"][0]["response"]["body"]["chunks"] == [{"base64": "b2v//g=="}, "text"]
    assert client.post(URL, json={}).content == b"ok\xff\xfetext"


def test_bytes_given_as_text_are_pointed_to_the_other_helper() -> None:
    with pytest.raises(UsageError, match="not text") as caught:
        help.vcr_client("odd", URL, {}, 200, {}, [b"\xff"])  # type: ignore[list-item]
    assert "vcr_client_bytes" in caught.value.hint


def test_a_strict_run_does_not_mind_a_client_that_was_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCR_STRICT", "1")
    monkeypatch.setenv("VCR_MODE", "playback")
    client, _ = help.vcr_client("unused", URL, {}, 200, {}, ["x"])
    assert client.post(URL, json={}).text == "x"


@pytest.mark.parametrize("name", ["", "a/b", "../a"])
def test_a_cassette_stays_in_its_folder(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be named"):
        help.vcr_client(name, URL, {}, 200, {}, ["x"])


# ------------------------------------------------------------------ looking


def test_a_header_is_found_in_any_case_wherever_it_stands() -> None:
    ours = Request("POST", URL, (("X-API-Key", KEY),))
    theirs = httpx.Request("POST", URL, headers={"x-api-KEY": KEY})
    for request in (ours, theirs, ours.headers, dict(ours.headers)):
        assert help.request_header(request, "X-Api-Key") == KEY
        assert help.request_header(request, "authorization") is None


def test_a_body_that_is_not_json_is_an_error() -> None:
    assert help.request_body_json(httpx.Request("POST", URL, json=[1])) == [1]
    with pytest.raises(InputError, match="the request body is empty"):
        help.request_body_json(Request("POST", URL))
    with pytest.raises(InputError, match="not JSON"):
        help.request_body_json(Request("POST", URL, (), b"{"))


def test_recordings_are_counted_by_what_they_say(tmp_path: Path) -> None:
    from conformance.tape.form import Provenance, render

    for number, provider in enumerate(["openai", "openai", "openai-like"]):
        text = render(Provenance(provider=provider, source="virtual"), [])
        (tmp_path / f"verify_openai_{number}.json").write_text(text, encoding="utf-8")
    assert help.count_recordings("OpenAI", tmp_path) == 2
    assert help.count_recordings("cohere", tmp_path) == 0


def test_the_key_of_the_options_is_not_shown() -> None:
    options = help.options_with_key("sk-very-secret")
    assert options.api_key == "sk-very-secret"
    assert "sk-very-secret" not in repr(options)


# ------------------------------------------------------------------ the log of a run

EXCHANGE = Exchange(
    id="1",
    request=Request("POST", URL, (), b"{}"),
    response=Response(200, (), (Chunk(0.0, b"ab"), Chunk(0.1, b"c"))),
    provider="acme",
    scenario="simple_text",
    source="virtual",
)


def test_a_run_leaves_one_log_and_an_artefact_of_each_scenario(tmp_path: Path) -> None:
    with help.RunLog(tmp_path / "run") as log:
        path = log.scenario(EXCHANGE, list(replay(FULL)))
    told = json.loads(path.read_text(encoding="utf-8"))
    assert (told["schema"], told["provider"], told["scenario"]) == (
        "conformance/scenario-artefact/1",
        "acme",
        "simple_text",
    )
    assert told["timeline"] == [event["type"] for event in told["events"]]
    assert told["hashes"]["response"] == sha256(b"abc").hexdigest()
    (line,) = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    assert (line["what"], line["name"]) == ("artefact", "acme_simple_text.json")
    assert line["sha256"] == sha256(path.read_bytes()).hexdigest()


def test_a_run_that_fails_says_so_and_keeps_what_it_had(tmp_path: Path) -> None:
    def run(log: help.RunLog) -> None:
        with log:
            log.say("began")
            raise ZeroDivisionError

    log = help.RunLog(tmp_path)
    with pytest.raises(ZeroDivisionError):
        run(log)
    lines = [json.loads(line)["what"] for line in log.path.read_text(encoding="utf-8").splitlines()]
    assert lines == ["began", "failed"]


@pytest.mark.parametrize("name", ["../outside", "run.jsonl", "/elsewhere/x"])
def test_an_artefact_stays_in_the_folder_of_the_run(tmp_path: Path, name: str) -> None:
    with help.RunLog(tmp_path / "run") as log, pytest.raises(UsageError, match="cannot be named"):
        log.artefact(name, b"")
