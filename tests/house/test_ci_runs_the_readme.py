"""CI calls exactly what README promises, and README's commands name things that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    command = script[-1]
    assert "pytest" in command
    assert command in readme_commands()


def test_readme_sets_up_and_runs_the_main_job_in_one_line() -> None:
    assert any(line.startswith("python3 -m venv") and line.endswith("conformance check") for line in readme_commands())
