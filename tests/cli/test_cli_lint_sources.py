"""`conformance lint` on what people have beside cassettes: answers alone, HAR, pipes, folders of anything."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

Run: TypeAlias = Callable[..., Result]
Line: TypeAlias = Callable[..., dict[str, Any]]
Write: TypeAlias = Callable[..., Path]

HEAD = '{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
STREAM = (
    f'data: {HEAD}"delta":{{"role":"assistant","content":"Hi"}},"finish_reason":null}}]}}\n\n'
    f'data: {HEAD}"delta":{{}},"finish_reason":"stop"}}]}}\n\ndata: [DONE]\n\n'
)
BROKEN = STREAM.replace("chat.completion.chunk", "chunk").replace('"c"', '"chat.completion.chunk"')
ALONE = "the recording holds no request: the rules on requests were not applied"


def test_a_stream_alone_is_judged_but_for_its_request(run: Run, tmp_path: Path) -> None:
    for text, code in ((STREAM, 0), (BROKEN, 1)):
        (tmp_path / "a.sse").write_text(text)
        result = run("lint", tmp_path / "a.sse", "--dialect", "openai-chat")
        assert result.exit_code == code, result.output
        assert f"1 exchange: {ALONE}" in result.stdout
        assert "OC-Q" not in result.stdout
    told = json.loads(run("lint", tmp_path / "a.sse", "--dialect", "openai-chat", "--format", "json").stdout)
    assert told["notes"] == [ALONE]


def test_the_words_of_an_answer_tell_its_dialect(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_text(STREAM)
    (tmp_path / "b.sse").write_text('data: {"x":1}\n\n')
    told = json.loads(run("lint", tmp_path / "a.sse", tmp_path / "b.sse", "--format", "json").stdout)
    assert [one["dialect"] for one in told["verdicts"]] == ["openai-chat", None]
    assert "--dialect NAME" in told["verdicts"][1]["reason"]


def test_a_saved_head_counts(run: Run, tmp_path: Path) -> None:
    steps = "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 200 \r\n"
    for label, code in (("text/event-stream", 0), ("text/plain", 1)):
        (tmp_path / "a.http").write_bytes(f"{steps}content-type: {label}\r\n\r\n{STREAM}".encode())
        assert run("lint", tmp_path / "a.http").exit_code == code


def test_standard_input() -> None:
    from conformance.cli import cli

    result = CliRunner().invoke(cli, ["lint", "-"], input=STREAM, prog_name="conformance")
    assert result.exit_code == 0, result.output
    assert "1 exchange: 1 judged" in result.stdout


def test_a_pipe_is_read_and_one_without_a_writer_is_refused(
    run: Run, tmp_path: Path, refused: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from conformance.tape.traffic import source

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(STREAM,))
    writer.start()
    assert run("lint", pipe).exit_code == 0
    writer.join()
    monkeypatch.setattr(source, "_PATIENCE", 0.03)
    refused(run("lint", pipe), "nobody writes to the pipe")
    refused(run("lint", "/dev/zero"), "is a device")


def test_in_a_folder_strangers_are_told_apart_and_the_spoilt_are_errors(
    run: Run, tmp_path: Path, line: Line, write: Write
) -> None:
    write(tmp_path / "a.jsonl", line("a"))
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("{")
    result = run("lint", tmp_path)
    assert result.exit_code == 0, result.output
    assert "passed over 2 files that hold no traffic" in result.stdout
    (tmp_path / "spoilt.json").write_text('{"interactions": [')
    result = run("lint", tmp_path)
    assert result.exit_code == 2
    assert "1 exchange: 1 judged" in result.stdout
    assert f"error: {tmp_path / 'spoilt.json'} is not JSON" in result.stderr


def test_what_calls_no_model_is_passed_over_and_counted(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    page = line("p", method="GET", url="https://one.test/logo.png", request_json=None, dialect=None)
    result = run("lint", write(tmp_path / "a.jsonl", line("a"), page, page))
    assert "passed over 2 exchanges that call no model" in result.stdout
    assert "1 exchange: 1 judged, 0 not judged" in result.stdout
    assert run("lint", write(tmp_path / "b.jsonl", page)).exit_code == 2


def test_twins_that_say_nearly_the_same_are_held_against_each_other(
    run: Run, tmp_path: Path, line: Line, write: Write
) -> None:
    import base64

    whole = line("w")
    for text, found in (("Hello.", 0), ("Something else altogether, said at another time.", 0)):
        body = base64.b64encode(STREAM.replace("Hi", text).encode()).decode()
        asked = {**whole["request_json"], "stream": True}
        headers = {"content-type": "text/event-stream", "x-request-id": "r"}
        twin = line("s", request_json=asked, response_body_b64=body, response_headers=headers)
        told = json.loads(run("lint", write(tmp_path / "a.jsonl", whole, twin), "--format", "json").stdout)
        assert sum(one["rule"] == "GN-13" for one in told["findings"]) == found
    long = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen."
    answer = json.loads(base64.b64decode(whole["response_body_b64"]))
    answer["choices"][0]["message"]["content"] = long
    body = base64.b64encode(STREAM.replace("Hi", long[:-1]).encode()).decode()
    lines = [line("w", answer=answer), {**twin, "response_body_b64": body}]
    told = json.loads(run("lint", write(tmp_path / "a.jsonl", *lines), "--format", "json").stdout)
    (one,) = [one for one in told["findings"] if one["rule"] == "GN-13"]
    assert one["level"] == "SHOULD"
    assert "a.jsonl:1" in one["message"]


def test_the_rules_of_a_host_hold_where_its_address_tells(run: Run, tmp_path: Path, line: Line, write: Write) -> None:
    refusal = {"error": {"message": "no", "type": None, "param": None, "code": "content_filter"}}
    url = "https://me.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21"
    found = {}
    for name, where in (("azure", url), ("other", "https://api.one.test/v1/chat/completions")):
        file = write(tmp_path / f"{name}.jsonl", line("a", url=where, status=400, answer=refusal))
        told = json.loads(run("lint", file, "--format", "json").stdout)
        found[name] = {one["rule"] for one in told["findings"]}
    assert "AZ-E01" in found["azure"]
    assert "AZ-E01" not in found["other"]
