"""What the tests of the command line share: a way to run it, and a folder of recordings."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
from click.testing import CliRunner, Result

Run: TypeAlias = Callable[..., Result]

RECORDED = (
    "simple_text",
    "simple_text_whole",
    "unicode_text",
    "tool_call_single",
    "error_bad_request_400",
    "agent_loop",
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in this process; stdout and stderr apart, no terminal, a clean environment."""
    from conformance.cli import cli

    for name in ("VCR_MODE", "VCR_STRICT", "VCR_CASSETTE_DIR", "CI", "CONFORMANCE_TRACEBACK", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: str | Path, **environment: str) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], env=environment, prog_name="conformance")

    return invoke


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few cassettes of openai, recorded from the virtual provider."""
    from conformance.commands.recording import record_plan

    place = tmp_path_factory.mktemp("cassettes")
    record_plan({"openai": RECORDED}, "virtual", place, lambda _: None)
    return place


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The same cassettes in a folder that a test may spoil."""
    place = tmp_path / "spoilt"
    place.mkdir()
    for cassette in folder.glob("*.json"):
        (place / cassette.name).write_bytes(cassette.read_bytes())
    return place


def refused(result: Result, *words: str) -> None:
    """Assert one clear error: exit 2, `error:` and `hint:`, no traceback, and all the words in it."""
    lines = result.stderr.splitlines()
    assert result.exit_code == 2, result.output
    assert lines[0].startswith("error: ")
    assert lines[1:] == [] or (len(lines) == 2 and lines[1].startswith("hint: "))
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.stderr


@pytest.fixture(name="refused")
def _refused() -> Callable[..., None]:
    return refused


@pytest.fixture(scope="session")
def report_schema() -> jsonschema.Draft202012Validator:
    """The report's own JSON Schema, as it is shipped."""
    schema = json.loads(files("conformance.report").joinpath("schema/report.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


# ------------------------------------------------------------------ traffic of one's own making

ASKED = {"model": "some-model", "messages": [{"role": "user", "content": "hi"}]}
ANSWERED = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "some-model",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello.", "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


def _line(id: str, **changes: Any) -> dict[str, Any]:
    """One exchange in the JSONL form, sound unless changed."""
    answer = changes.pop("answer", ANSWERED)
    return {
        "id": id,
        "dialect": "openai-chat",
        "method": "POST",
        "url": "https://api.one.test/v1/chat/completions",
        "request_headers": {"content-type": "application/json"},
        "request_json": ASKED,
        "status": 200,
        "response_headers": {"content-type": "application/json", "x-request-id": "r"},
        "response_body_b64": base64.b64encode(json.dumps(answer).encode()).decode(),
        "fidelity": "exact",
        **changes,
    }


def _write(file: Path, *lines: dict[str, Any]) -> Path:
    text = "".join(json.dumps(one) + "\n" for one in lines).encode()
    file.write_bytes(gzip.compress(text) if file.suffix == ".gz" else text)
    return file


@pytest.fixture
def line() -> Callable[..., dict[str, Any]]:
    """Make one exchange."""
    return _line


@pytest.fixture
def write() -> Callable[..., Path]:
    """Write exchanges to a file."""
    return _write


@pytest.fixture
def wrong() -> dict[str, Any]:
    """An answer that breaks one rule."""
    return {**ANSWERED, "object": "completion"}
