"""What the tests of the command line share: a way to run it, and a folder of recordings."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

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
