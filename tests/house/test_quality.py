"""The code is clean by the tools' own word: ruff always, mypy where CI runs (`make types` runs it here)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def complaints(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    assert complaints("ruff", "check", ".") == ""


def test_every_file_is_formatted() -> None:
    assert complaints("ruff", "format", "--check", ".") == ""


@pytest.mark.skipif(not os.environ.get("CI"), reason="half a minute without a cache: `make types` runs it by hand")
def test_mypy_finds_nothing() -> None:
    assert complaints("mypy") == ""
