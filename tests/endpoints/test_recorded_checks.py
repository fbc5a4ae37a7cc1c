"""What `check --record` kept of a sound server is sound to `lint` as well.

Rule of the file: the recording is made over a socket by the command line, and judged by the other command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

CASES = ("simple_text", "models", "health", "unknown_path", "wrong_method", "wrong_content_type", "torn_json")
ASTRAY = {"health", "unknown_path", "wrong_method"}
"""Those that call no model."""


def test_lint_finds_nothing_wrong_with_a_recorded_check(
    run: Callable[..., Result], at_plain: tuple[str, ...], tmp_path: Path
) -> None:
    from conformance.cli import cli

    kept = tmp_path / "kept"
    narrowed = [word for name in CASES for word in ("--scenario", name)]
    assert run(*at_plain, *narrowed, "--record", kept).exit_code == 0
    files = list(kept.glob("*.json"))
    assert len(files) >= len(CASES)
    result = CliRunner().invoke(cli, ["lint", str(kept), "--format", "json"], prog_name="conformance")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["findings"]) == (0, [])
    assert told["counts"]["pass"] == len(files) - len(ASTRAY)
    for name in ASTRAY:
        assert any(f"{name}.json: passed over 1 exchange that call no model" in note for note in told["notes"])
