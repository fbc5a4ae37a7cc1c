"""The group itself: lazy, cheap, and one clear way out for whatever goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest
from click.testing import Result

from conformance.cli import COMMANDS, cli

Run: TypeAlias = Callable[..., Result]
Refused: TypeAlias = Callable[..., None]

HEAVY = (
    "httpx",
    "vcr",
    "jsonschema",
    "rich",
    "msgspec",
    "starlette",
    "uvicorn",
    "pytest",
    "yaml",
    "conformance.dialects",
)


def test_help_imports_nothing_but_click() -> None:
    code = (
        "import sys\nfrom conformance.cli import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"
    assert "Usage: conformance" not in done.stderr


def test_listing_needs_no_network_library() -> None:
    code = (
        "import sys\nfrom conformance.cli import cli\n"
        "try:\n    cli.main(['list', 'providers'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print('HEAVY', [name for name in ('vcr', 'starlette', 'rich', 'openai', 'anthropic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_help_names_every_command_and_the_exit_codes(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name, sentence in COMMANDS.items():
        assert name in result.stdout
        assert sentence in result.stdout
    assert "0 conforms, 1 findings, 2 could not judge" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: conformance {name}")
    assert cli.get_command(None, name).help  # type: ignore[arg-type, union-attr]


def test_version_is_the_distribution_s(run: Run) -> None:
    from importlib.metadata import version

    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"conformance {version('provider-conformance')}\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc"], "did you mean check?"),
        (["--bogus"], "No such option"),
        ([], "Missing command"),
        (["check", "--formt", "json"], "--format"),
        (["check", "--format", "xml"], "'xml' is not one of"),
        (["lint", "--jobs", "many", "x"], "--jobs"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(run: Run, refused: Refused, words: list[str], said: str) -> None:
    refused(run(*words), said)


def test_a_bug_of_the_kit_is_one_line(run: Run, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    import conformance.judging

    def broken(id: str) -> None:
        raise ZeroDivisionError("half a\nrule")

    monkeypatch.setattr(conformance.judging, "find_rule", broken)
    refused(run("explain", "OC-S06"), "internal error: ZeroDivisionError: half a\\nrule", "CONFORMANCE_TRACEBACK=1")
    shown = run("explain", "OC-S06", CONFORMANCE_TRACEBACK="1")
    assert shown.exit_code == 2
    assert "Traceback (most recent call last)" in shown.stderr


def test_ctrl_c_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import conformance.judging

    def interrupted(id: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(conformance.judging, "find_rule", interrupted)
    result = run("explain", "OC-S06")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_goes_away_is_no_error_and_no_finding() -> None:
    words = [sys.executable, "-m", "conformance", "list", "rules", "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        complaint = child.stderr.read()
        assert child.wait(30) == 141
    assert complaint == b""
