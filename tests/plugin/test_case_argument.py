"""The plugin in other people's projects: `case` works where it is asked for, and nothing else changes.

Each test runs a whole pytest in a project of its own; in a process of its own where it matters what is imported.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

pytest_plugins = ["pytester"]


def project(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


JUDGES = "from conformance.testing import assert_conforms\ndef test_it(case):\n    assert_conforms(case)\n"


def test_a_test_with_case_runs_once_for_each_case(tmp_path: Path, run: Any) -> None:
    from conformance.run import plan

    done = run(project(tmp_path, test_mine__py=JUDGES), "--provider", "OpenAI", "--tier", "contract", "-v")
    shown = re.findall(r"test_it\[(openai/contract/\w+)\] PASSED", done.stdout)
    assert shown == [case.id for case in plan(["openai"], tiers=["contract"])]
    assert done.returncode == 0, done.stdout


def test_the_filters_may_be_repeated(tmp_path: Path, run: Any) -> None:
    arguments = ("--provider=openai", "--provider=claude", "--tier=unit", "--tier=contract", "--collect-only", "-q")
    done = run(project(tmp_path, test_mine__py=JUDGES), *arguments)
    found = {tuple(one.split("/")) for one in re.findall(r"test_it\[(\w+/\w+)/\w+\]", done.stdout)}
    assert found == {(name, tier) for name in ("openai", "anthropic") for tier in ("unit", "contract")}


def test_a_wrong_filter_is_one_clear_error(tmp_path: Path, run: Any) -> None:
    done = run(project(tmp_path, test_mine__py=JUDGES), "--tier", "seventh")
    assert done.returncode != 0
    assert "there is no tier 'seventh'; choose one of: unit, contract" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


VERDICTS = """
import dataclasses, conformance
from conformance import Case, NotJudged
from conformance.run import plan
from conformance.testing import assert_conforms

wrong = dataclasses.replace(conformance.adapter("openai"), display_name=" ")

def test_fails():
    one = next(c for c in plan(adapters=[wrong], tiers=["unit"]) if c.id.endswith("identity"))
    assert_conforms(one)

def work():
    raise NotJudged("acme does not claim images")

def test_skips():
    assert_conforms(Case("acme/x/y", "acme", "unit", "y", work))
"""


def test_a_failure_shows_its_evidence_and_what_is_not_judged_is_skipped(tmp_path: Path, run: Any) -> None:
    done = run(project(tmp_path, test_mine__py=VERDICTS))
    assert "1 failed, 1 skipped" in done.stdout
    assert "display_name: the display name is empty" in done.stdout
    assert "MUST unit.identity: Name, aliases, dialect and model are well formed" in done.stdout
    assert "see it again: conformance check openai --case openai/unit/identity" in done.stdout
    assert "not judged: acme does not claim images" in done.stdout
    assert "Traceback" not in done.stdout


FOREIGN = [
    "import pytest\n@pytest.mark.parametrize('case', [1, 2])\ndef test_it(case):\n    assert case in (1, 2)\n",
    (
        "import pytest\n@pytest.mark.parametrize('x, case', [(1, 1), (2, 2)])\n"
        "def test_it(x, case):\n    assert case == x\n"
    ),
    (
        "import pytest\n@pytest.fixture(params=[1, 2])\ndef case(request):\n    return request.param\n"
        "def test_it(case):\n    assert case in (1, 2)\n"
    ),
]
"""A mark, a mark of several names, a fixture: `case` is a common word."""


def test_a_case_argument_of_others_stays_theirs(tmp_path: Path, run: Any) -> None:
    hook = "def pytest_generate_tests(metafunc):\n    metafunc.parametrize('case', [1, 2])\n"
    hooked = tmp_path / "hooked"
    hooked.mkdir()
    project(hooked, conftest__py=hook, test_hook__py="def test_it(case):\n    assert case in (1, 2)\n")
    done = run(project(tmp_path, **{f"test_{number}__py": text for number, text in enumerate(FOREIGN)}))
    assert f"{2 * len(FOREIGN) + 2} passed" in done.stdout, done.stdout


def test_an_option_of_others_stays_theirs_and_ours_has_a_longer_name(tmp_path: Path, run: Any) -> None:
    taken = "def pytest_addoption(parser):\n    parser.addoption('--provider', default='theirs')\n"
    asks = (
        "from conformance.testing import assert_conforms\n"
        "def test_theirs(pytestconfig):\n    assert pytestconfig.getoption('--provider') == 'mine'\n"
        "def test_ours(case):\n    assert case.subject == 'openai'\n"
    )
    made = project(tmp_path, conftest__py=taken, test_mine__py=asks)
    done = run(made, "--provider", "mine", "--conformance-provider", "openai", "--tier", "unit")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_run_that_does_not_use_us_imports_nothing_of_ours(tmp_path: Path) -> None:
    asks = (
        "import sys\n"
        "def test_it():\n"
        "    ours = {n for n in sys.modules if n == 'conformance' or n.startswith('conformance.')}\n"
        "    assert ours == {'conformance', 'conformance.pytest_plugin'}\n"
        "    assert not {'httpx', 'httpx2', 'vcr', 'msgspec', 'jsonschema', 'rich', 'starlette'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("VCR_", "PYTEST_"))}
    made = project(tmp_path, test_mine__py=asks)
    done = subprocess.run(command, cwd=made, env=clean, capture_output=True, text=True, timeout=120)
    assert "1 passed" in done.stdout, done.stdout
