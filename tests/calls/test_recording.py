"""Recording: only a good cassette replaces the old, nothing is sent without a key, and playback answers the adapter."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from conformance import adapter
from conformance.calls import CallOptions, stream
from conformance.calls.caution import CautionConfig
from conformance.calls.detour import Detour
from conformance.calls.recording import owed, record
from conformance.calls.retry import RetryConfig
from conformance.errors import UsageError
from conformance.model import Error
from conformance.scenarios import AGENT_LOOP, SCENARIOS, check, for_model, scenario
from conformance.tape import open_tape, read_cassette
from conformance.virtual import VIRTUAL_KEY

SSE = {"content-type": "text/event-stream"}
HASTY = CautionConfig(retry=RetryConfig(base_delay=0.001))


class Never(httpx.BaseTransport):
    """A network that must not be used."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} was sent")


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-recording-test-0123456789")
    return "sk-recording-test-0123456789"


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("keyless")
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_virtual_recording_bears_the_vendors_address_and_says_that_it_is_virtual(
    provider: str, tmp_path: Path
) -> None:
    names = ["simple_text", "simple_text_whole", "error_auth_401"]
    results = record([provider], source="virtual", scenarios=names, folder=tmp_path)
    assert [(one.provider, one.scenario, one.outcome) for one in results] == [(provider, n, "recorded") for n in names]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"verify_{provider}_{n}.json" for n in names)
    speaker = adapter(provider)
    for one in results:
        recording = read_cassette(one.path)
        found = recording.provenance
        assert (found.source, found.base_url, found.provider, found.scenario, found.dialect) == (
            *("virtual", "virtual", provider, one.scenario),
            speaker.dialect.name,
        )
        (exchange,) = recording.exchanges
        assert exchange.request.url == speaker.url(for_model(scenario(one.scenario), speaker.model))
        assert exchange.source == "virtual"
        text = one.path.read_text(encoding="utf-8")
        assert VIRTUAL_KEY not in text
        assert "127.0.0.1" not in text
    assert len(read_cassette(results[0].path).exchanges[0].response.chunks) > 5


@pytest.mark.usefixtures("keyless")
def test_what_was_recorded_answers_the_adapter_again(tmp_path: Path) -> None:
    (result,) = record(["anthropic"], source="virtual", scenarios=["tool_call_multiple"], folder=tmp_path)
    speaker, one = adapter("anthropic"), scenario("tool_call_multiple")
    with open_tape(result.path) as tape, httpx.Client(transport=tape.transport()) as client:
        events = list(stream(speaker, for_model(one, speaker.model), CallOptions("another-key"), client))
    assert check(one, events, "virtual") == []


def test_recording_again_leaves_the_file_alone(tmp_path: Path) -> None:
    (first,) = record(["openai"], source="virtual", scenarios=["thinking"], folder=tmp_path)
    before = first.path.read_bytes()
    (second,) = record(["openai"], source="virtual", scenarios=["thinking"], folder=tmp_path)
    assert (first.outcome, second.outcome) == ("recorded", "unchanged")
    assert first.path.read_bytes() == before


def test_a_damaged_cassette_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "verify_openai_simple_text.json"
    path.write_text("{")
    (result,) = record(["openai"], source="virtual", scenarios=["simple_text"], folder=tmp_path)
    assert result.outcome == "recorded"
    assert read_cassette(path).provenance.scenario == "simple_text"


def test_a_new_recording_tells_what_moved_since_the_old_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from conformance.commands.recording import record_plan

    (first,) = record(["openai"], source="virtual", scenarios=["simple_text"], folder=tmp_path)
    assert first.drift == ""
    text = first.path.read_text(encoding="utf-8")
    said = r"\"created\":"
    assert said in text
    first.path.write_text(text.replace(said, r"\"made\":"), encoding="utf-8")
    record_plan({"openai": ["simple_text"]}, "virtual", tmp_path, print)
    told = capsys.readouterr().out
    assert told.startswith("recorded   openai/simple_text: ")
    assert "+1 field" in told
    assert "1 field lost" in told


@pytest.mark.usefixtures("keyed")
def test_a_recording_that_fails_leaves_the_old_cassette(tmp_path: Path) -> None:
    (good,) = record(["openai"], source="virtual", scenarios=["simple_text"], folder=tmp_path)
    before = good.path.read_bytes()
    answers = [
        httpx.Response(500, json={"error": {"message": "down", "type": "server_error", "param": None, "code": None}}),
        httpx.Response(200, content=b"data: [DONE]\n\n", headers=SSE),
    ]
    for answer in answers:
        network = httpx.MockTransport(lambda request, answer=answer: answer)
        (bad,) = record(["openai"], scenarios=["simple_text"], folder=tmp_path, transport=network, caution=HASTY)
        assert bad.outcome == "failed"
        assert bad.reason
        assert bad.faults
        assert good.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [good.path.name]


@pytest.mark.usefixtures("keyed")
def test_an_unreachable_vendor_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host")

    network = httpx.MockTransport(fail)
    (bad,) = record(["openai"], scenarios=["simple_text"], folder=tmp_path, transport=network, caution=HASTY)
    assert bad.outcome == "failed"
    assert "no route to host" in bad.reason
    assert list(tmp_path.iterdir()) == []


def test_a_live_recording_sends_the_key_and_keeps_it_out_of_the_file(keyed: str, tmp_path: Path) -> None:
    seen: list[str] = []
    one = scenario("simple_text")

    def vendor(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        frames = adapter("openai").dialect.server.stream(
            one.answer, one.request, {"stream_options": {"include_usage": True}}
        )
        return httpx.Response(200, content=b"".join(frames), headers=SSE)

    network = httpx.MockTransport(vendor)
    (result,) = record(["openai"], scenarios=["simple_text"], folder=tmp_path, transport=network)
    assert (result.outcome, result.faults) == ("recorded", ())
    assert seen == [f"Bearer {keyed}"]
    assert keyed not in result.path.read_text(encoding="utf-8")
    provenance = read_cassette(result.path).provenance
    assert (provenance.source, provenance.base_url) == ("live", "https://api.openai.com/v1")


@pytest.mark.usefixtures("keyless")
def test_missing_keys_are_all_named_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        record(["openai", "anthropic"], folder=tmp_path, transport=Never())
    assert "OpenAI: set OPENAI_API_KEY" in str(caught.value)
    assert "Anthropic: set ANTHROPIC_API_KEY" in str(caught.value)
    assert "virtual" in caught.value.hint


@pytest.mark.usefixtures("keyless")
def test_the_wrong_key_needs_no_good_one(tmp_path: Path) -> None:
    seen: list[str] = []

    def vendor(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        status, headers, body = adapter("openai").dialect.server.failure(Error("auth", "no such key"))
        return httpx.Response(status, headers=list(headers), content=body)

    network = httpx.MockTransport(vendor)
    (result,) = record(["openai"], scenarios=["error_auth_401"], folder=tmp_path, transport=network)
    assert result.outcome == "recorded"
    assert seen == ["Bearer conformance-wrong-key"]


@pytest.mark.usefixtures("keyed")
def test_what_cannot_be_recorded_is_skipped_with_its_reason(tmp_path: Path) -> None:
    names = ["error_rate_limit_429", AGENT_LOOP]
    limited, loop = record(["openai"], scenarios=names, folder=tmp_path, transport=Never())
    assert (limited.outcome, loop.outcome) == ("skipped", "skipped")
    assert "no request can make a real vendor answer like this" in limited.reason
    assert "no agent" in loop.reason
    (filtered,) = record(["anthropic"], source="virtual", scenarios=["content_filter"], folder=tmp_path)
    assert (filtered.outcome, filtered.reason) == ("skipped", "anthropic does not claim content_filter")


def test_the_agent_loop_is_recorded_by_whoever_performs_it(tmp_path: Path) -> None:
    from conformance.subjects.story import tell

    (result,) = record(["openai"], source="virtual", scenarios=[AGENT_LOOP], folder=tmp_path, agent=tell)
    assert result.outcome == "recorded"
    assert len(read_cassette(result.path).exchanges) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["verify_openai_agent_loop.json"]


def test_an_agent_that_fails_records_nothing(tmp_path: Path) -> None:
    class Failed:
        failure = Error("protocol", "it calls tools for ever")

    (result,) = record(
        ["openai"], source="virtual", scenarios=[AGENT_LOOP], folder=tmp_path, agent=lambda *given: [Failed()]
    )
    assert (result.outcome, result.reason) == ("failed", "the agent failed: it calls tools for ever")
    assert list(tmp_path.iterdir()) == []


def test_unknown_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no provider 'nope'"):
        record(["nope"], source="virtual", folder=tmp_path)
    with pytest.raises(UsageError, match="no scenario 'nope'"):
        record(["openai"], source="virtual", scenarios=["nope"], folder=tmp_path)


def test_a_native_adapter_owes_everything_that_it_claims() -> None:
    assert owed(adapter("openai")) == [*SCENARIOS, AGENT_LOOP]
    assert set(SCENARIOS) - set(owed(adapter("anthropic"))) == {"content_filter", "content_filter_whole"}


def test_a_detour_changes_the_address_and_nothing_else() -> None:
    seen: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, text="hello")

    detour = Detour({"https://api.vendor.example/base/v1": "http://127.0.0.1:9/v1"}, httpx.MockTransport(server))
    with httpx.Client(transport=detour) as client:
        answer = client.post("https://api.vendor.example/base/v1/chat?x=1", content=b"body", headers={"X-Mine": "1"})
        assert answer.text == "hello"
        with pytest.raises(UsageError, match="does not belong to"):
            client.get("https://elsewhere.example/v1/chat")
    (sent,) = seen
    assert str(sent.url) == "http://127.0.0.1:9/v1/chat?x=1"
    assert (sent.headers["host"], sent.headers["x-mine"], sent.content) == ("127.0.0.1:9", "1", b"body")
