"""The pages on the command line: every command that they show is one that exists, with options that exist."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conformance.cli import COMMANDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
SHOWN = [line[2:] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("$ conformance ")]


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_that_is_shown_can_be_given(run: Callable[..., Result], command: str) -> None:
    words = shlex.split(command.partition(" | ")[0])[1:]
    result = run(*words, "--help")
    assert result.exit_code == 0, result.stderr


def test_every_command_has_its_section() -> None:
    headings = [line[3:] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    assert set(COMMANDS) <= set(headings)


def test_the_pages_name_every_key_of_the_report(report_schema: object) -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [key for key in report_schema.schema["properties"] if f"`{key}`" not in page]  # type: ignore[attr-defined]
    assert missing == []
