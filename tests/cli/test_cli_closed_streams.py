"""A command whose standard streams are closed still has its exit code, and writes the report that was asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(words: str, closed: str, folder: Path) -> int:
    command = f"{sys.executable} -m conformance {words} {closed}"
    return subprocess.run(["sh", "-c", command], cwd=folder, timeout=60, check=False).returncode


@pytest.mark.parametrize(
    ("words", "code"), [("check openai --tier unit --output report.txt", 0), ("check no-such-provider", 2)]
)
def test_closed_streams_are_no_bug(words: str, code: int, tmp_path: Path) -> None:
    assert run(words, ">&- 2>&-", tmp_path) == code
    assert (tmp_path / "report.txt").exists() == (code == 0)
