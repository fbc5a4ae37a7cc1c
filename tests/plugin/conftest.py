"""A pytest inside of pytest: a run in a project of its own, in this process, as a user would start it.

Rule of the file: what the surroundings tell pytest or the tape does not reach the inner run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

import conformance.testing  # pytester forgets what an inner run was the first to import, and the next pays again
from conformance.run import plan


class Done(NamedTuple):
    """What came of a run, by the names of `subprocess`."""

    returncode: int
    stdout: str
    stderr: str


Run: TypeAlias = Callable[..., Done]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest in a folder; keywords are environment variables."""
    assert conformance.testing
    assert list(plan(["openai", "anthropic"]))
    for name in [key for key in os.environ if key.startswith(("VCR_", "PYTEST_")) or key == "CI"]:
        monkeypatch.delenv(name)

    def runs(folder: Path, *arguments: str, **env: str) -> Done:
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in env.items():
                patch.setenv(name, value)
            done = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs", "--rootdir", folder, *arguments)
        return Done(int(done.ret), done.stdout.str(), done.stderr.str())

    return runs
