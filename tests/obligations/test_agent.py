"""The agent loop: real turns, real tools, a session that survives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from conformance import Adapter, CallOptions, Error, InputError, Message, Reply, Text, ToolCall, ToolResult, adapter
from conformance.model import error, user
from conformance.subjects.agent import MOST_TURNS, Ability, Transcript, run_agent
from conformance.subjects.session import read_session
from conformance.testing import KEY, WEATHER, request_body_json

BOTH = pytest.mark.parametrize("name", ["openai", "anthropic"])
CALL = Reply(parts=(ToolCall("c1", "get_weather", '{"city":"Oslo"}'),), stop="tool_use")


def said(text: str) -> Reply:
    return Reply(parts=(Text(text),))


class Provider:
    """Answers one scripted reply after the other; keeps the bodies that reached it."""

    def __init__(self, speaker: Adapter, *script: Reply | Error) -> None:
        self.speaker, self.script = speaker, iter(script)
        self.bodies: list[object] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = request_body_json(request)
        self.bodies.append(body)
        server, turn = self.speaker.dialect.server, next(self.script)
        if isinstance(turn, Error):
            status, headers, content = server.failure(turn)
            return httpx.Response(status, headers=list(headers), content=content)
        frames = b"".join(server.stream(turn, server.parse(body), body))
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=frames)

    def ask(self, session: Path, prompt: str, *tools: Ability) -> Transcript:
        return run_agent(self.speaker, self.client, CallOptions(api_key=KEY), session, tools, prompt=prompt)


def weather(output: str = "4 degrees") -> Ability:
    return Ability(WEATHER, lambda arguments: f"{arguments['city']}: {output}")


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "session.jsonl"


@BOTH
def test_a_tool_runs_with_its_arguments_and_its_result_reaches_the_model(name: str, session: Path) -> None:
    provider = Provider(adapter(name), CALL, said("It is cold."))
    told = provider.ask(session, "Weather?", weather())
    assert told.rendered == "It is cold."
    assert [turn[-1].reply.stop for turn in told.turns] == ["tool_use", "stop"]  # type: ignore[union-attr]
    assert "Oslo: 4 degrees" in str(provider.bodies[1])
    assert [message.role for message in told.messages] == ["user", "assistant", "tool", "assistant"]


@BOTH
def test_a_session_is_resumed_with_all_that_was_said(name: str, session: Path) -> None:
    first = Provider(adapter(name), CALL, said("It is cold.")).ask(session, "Weather?", weather())
    provider = Provider(adapter(name), said("Yes."))
    second = provider.ask(session, "Really?", weather())
    assert second.resumed == len(first.messages) == 4
    for words in ("Weather?", "Oslo: 4 degrees", "It is cold.", "Really?"):
        assert words in str(provider.bodies[0])
    assert read_session(session) == second.messages


def test_a_failed_answer_ends_the_loop_and_keeps_the_question(session: Path) -> None:
    told = Provider(adapter("openai"), error("overloaded", "busy", status=503)).ask(session, "Weather?")
    assert told.failure
    assert told.failure.kind in ("overloaded", "server")
    assert read_session(session) == [user("Weather?")]


@pytest.mark.parametrize(
    ("call", "tools", "words"),
    [
        (ToolCall("c1", "unknown", "{}"), [weather()], "there is no tool 'unknown'"),
        (ToolCall("c1", "get_weather", "{}"), [weather()], "KeyError: 'city'"),
        (ToolCall("c1", "get_weather", '"Oslo"'), [weather()], "not a JSON object"),
    ],
)
def test_a_tool_that_cannot_run_is_told_to_the_model(
    call: ToolCall, tools: list[Ability], words: str, session: Path
) -> None:
    from conformance.subjects.agent import _result

    found = _result(call, tools)
    assert found.is_error
    assert words in found.content[0].text  # type: ignore[union-attr]


def test_a_model_that_never_stops_calling_is_stopped(session: Path) -> None:
    told = Provider(adapter("openai"), *([CALL] * MOST_TURNS)).ask(session, "Weather?", weather())
    assert told.failure
    assert f"after {MOST_TURNS} answers" in told.failure.message


def test_a_line_that_a_crash_cut_short_is_dropped_and_the_session_goes_on(session: Path) -> None:
    Provider(adapter("openai"), said("Hello.")).ask(session, "Hi")
    session.write_bytes(session.read_bytes() + b'{"role":"assist')
    told = Provider(adapter("openai"), said("Still here.")).ask(session, "There?")
    assert told.resumed == 2
    assert read_session(session) == told.messages


@BOTH
def test_calls_that_a_crash_left_open_are_answered_first(name: str, session: Path) -> None:
    Provider(adapter(name), CALL, said("Cold.")).ask(session, "Weather?", weather())
    session.write_bytes(b"".join(session.read_bytes().splitlines(keepends=True)[:2]))
    provider = Provider(adapter(name), said("Cold."))
    told = provider.ask(session, "Well?", weather())
    assert [message.role for message in told.messages] == ["user", "assistant", "tool", "user", "assistant"]
    assert "Oslo: 4 degrees" in str(provider.bodies[0])


def test_a_damaged_session_is_one_clear_error(session: Path) -> None:
    session.parent.mkdir()
    session.write_bytes(b'{"role":"nobody","parts":[]}\n{"role":"user","parts":[]}\n')
    with pytest.raises(InputError, match="line 1 is not a message"):
        read_session(session)


def test_tools_get_what_the_model_said(session: Path) -> None:
    heard: list[Mapping[str, object]] = []
    spy = Ability(WEATHER, lambda arguments: heard.append(arguments) or "fine")  # type: ignore[func-returns-value]
    told = Provider(adapter("anthropic"), CALL, said("ok")).ask(session, "?", spy)
    assert heard == [{"city": "Oslo"}]
    assert told.messages[2] == Message("tool", (ToolResult("c1", (Text("fine"),)),))
