"""`conformance check --update-baseline`: what fails becomes known, what does not is dropped, or nothing is touched."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from click.testing import Result

Run: TypeAlias = Callable[..., Result]

CASE = "openai/conformance/simple_text"
STALE = f'# Ours.\n\n[[known]]\ncase = "{CASE}"\nrule = "OC-S15"\nreason = "once"\n'


def lie(folder: Path) -> None:
    """Make the recorded answer break a rule."""
    file = folder / "verify_openai_simple_text.json"
    text = file.read_text(encoding="utf-8")
    said = r"\"object\":\"chat.completion.chunk\""
    file.write_text(text.replace(said, r"\"object\":\"wrong\""), encoding="utf-8")


def test_what_fails_becomes_known(run: Run, copy: Path, tmp_path: Path) -> None:
    """The run that writes passes, and so does the next one; a mended cause makes the entries stale."""
    lie(copy)
    known = tmp_path / "known.toml"
    words = ("check", "openai", "--case", CASE, "--folder", copy, "--baseline", known)
    result = run(*words, "--update-baseline")
    assert result.exit_code == 0, result.output
    assert "not explained" in result.stderr
    entries = tomllib.loads(known.read_text(encoding="utf-8"))["known"]
    assert {one["case"] for one in entries} == {CASE}
    assert f"{known}: 0 kept, {len(entries)} new, 0 removed" in result.stderr
    assert run(*words).exit_code == 0


def test_what_does_not_fail_is_dropped_and_told(run: Run, folder: Path, tmp_path: Path) -> None:
    """A stale entry fails a normal run; the update removes it."""
    known = tmp_path / "known.toml"
    known.write_text(STALE, encoding="utf-8")
    words = ("check", "openai", "--case", CASE, "--folder", folder, "--baseline", known)
    assert run(*words).exit_code == 1
    result = run(*words, "--update-baseline")
    assert result.exit_code == 0, result.output
    assert f"removed  {CASE} OC-S15" in result.stderr
    assert known.read_text(encoding="utf-8") == "# Ours.\n"
    assert list(tmp_path.glob(".*")) == []


def test_nothing_is_written_when_something_cannot_be_judged(run: Run, copy: Path, tmp_path: Path) -> None:
    """A cassette that cannot be read says nothing of what it would have failed."""
    (copy / "verify_openai_simple_text.json").write_text("{", encoding="utf-8")
    known = tmp_path / "known.toml"
    known.write_text(STALE, encoding="utf-8")
    result = run("check", "openai", "--folder", copy, "--baseline", known, "--update-baseline")
    assert result.exit_code == 2
    assert "was not written" in result.stderr
    assert known.read_text(encoding="utf-8") == STALE


def test_an_update_needs_a_file_and_a_reason_needs_an_update(
    run: Run, folder: Path, refused: Callable[..., None]
) -> None:
    """Both are told before anything is judged."""
    refused(run("check", "openai", "--folder", folder, "--update-baseline"), "no file to write", "--baseline FILE")
    refused(run("check", "openai", "--folder", folder, "--reason", "why"), "--update-baseline")
