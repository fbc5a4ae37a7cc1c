"""`--output`: a file that is written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import Result

Run: TypeAlias = Callable[..., Result]
Refused: TypeAlias = Callable[..., None]


@pytest.mark.parametrize("words", [["list", "rules"], ["lint", "FOLDER"], ["check", "openai", "--folder", "FOLDER"]])
def test_an_output_that_cannot_be_written_is_told_first(
    run: Run, refused: Refused, folder: Path, tmp_path: Path, words: list[str]
) -> None:
    given = [str(folder) if word == "FOLDER" else word for word in words]
    refused(run(*given, "--output", tmp_path), "is a directory")
    refused(run(*given, "--output", tmp_path / "none" / "report.txt"), "No such file or directory")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_the_old_report(run: Run, refused: Refused, tmp_path: Path, folder: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("what was there")
    refused(run("lint", folder, "--host", "nobody.test", "--output", report), "no exchange fits --host nobody.test")
    assert report.read_text() == "what was there"
    done = run("lint", folder, "--format", "json", "--output", report)
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(report.read_text())["kind"] == "lint"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


def test_a_report_keeps_the_rights_of_the_file_that_it_replaces(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("old")
    report.chmod(0o640)
    assert run("list", "dialects", "--output", report).exit_code == 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o640
    assert "openai-chat" in report.read_text()


def test_a_link_stays_a_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real.txt")
    assert run("list", "dialects", "--output", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert "openai-chat" in (tmp_path / "real.txt").read_text()


def test_a_device_is_written_to_and_stays_one(run: Run) -> None:
    assert run("list", "dialects", "--output", os.devnull).exit_code == 0
    assert not Path(os.devnull).is_file()


def test_a_dash_is_standard_output(run: Run) -> None:
    assert run("list", "dialects", "--output", "-").stdout == run("list", "dialects").stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_no_bug_of_the_kit(run: Run, refused: Refused) -> None:
    refused(run("list", "dialects", "--output", "/dev/full"), "the system says No space left on device")
