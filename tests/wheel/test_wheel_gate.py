"""The wheel, installed beside a user's project that has folders named like ours, and beside a third party's adapter.

Everything runs in an environment of its own: the wheel and the third party's package are installed there, and the
libraries they need are lent from the environment that runs the tests (without its own, editable copy of the kit).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
pytestmark = pytest.mark.xdist_group("wheel")
BUILDS = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
"""What a front end of builds asks of pyproject.toml's backend, without the front end's own environment."""


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)


def must(*command: str | Path, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds our wheel and a third party's adapter."""
    base = tmp_path_factory.mktemp("wheel")
    source = base / "source"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "tests", "benchmarks")
    shutil.copytree(ROOT, source, ignore=ignored)  # building leaves traces: not in the user's checkout
    third = shutil.copytree(HERE / "third_party", base / "third_party")
    for project in (source, third):
        must(sys.executable, "-c", BUILDS, base / "wheels", cwd=project)
    venv.create(base / "env", with_pip=False)
    inside = base / "env/bin/python" if sys.platform != "win32" else base / "env/Scripts/python.exe"
    site = Path(must(inside, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=base).strip())
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    wheels = sorted((base / "wheels").glob("*.whl"))
    must(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, *wheels, cwd=base)
    return inside


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(HERE / "hostile_user", tmp_path_factory.mktemp("user") / "project")


def test_nothing_of_ours_lands_at_the_top_level(python: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.util import find_spec\n"
        "print([n for n in ('providers', 'checklist', 'cassettes', 'tests', 'benchmarks') if find_spec(n)])\n"
        "import conformance; print(conformance.__file__)"
    )
    leaked, where = must(python, "-c", code, cwd=tmp_path).splitlines()
    assert leaked == "[]"
    assert str(ROOT) not in where, "the wheel must be judged, not the checkout"


def test_the_main_job_runs_from_the_wheel(python: Path, tmp_path: Path) -> None:
    shown = must(python, "-m", "conformance", "check", "openai", "anthropic", cwd=tmp_path)
    assert "openai" in shown
    assert "anthropic" in shown


@pytest.fixture(scope="module")
def shown(python: Path, hostile: Path) -> str:
    """What one run of pytest shows of the user's own tests and of our checklist."""
    chosen = ("test_mine.py", "--pyargs", "conformance.checklist", "--provider", "openai", "--scenario", "simple_text")
    return run(python, "-m", "pytest", "-v", "-p", "no:cacheprovider", *chosen, cwd=hostile).stdout


def test_a_users_own_providers_folder_stays_theirs(shown: str) -> None:
    assert len(re.findall(r"test_mine\.py::\w+ PASSED", shown)) == 3, shown


def test_the_checklist_runs_from_the_wheel(shown: str) -> None:
    """All but the cases of other scenarios, which `check` judged above."""
    assert len(re.findall(r"test_obligation\[openai/conformance/simple_text(?:_twins)?\] PASSED", shown)) == 2, shown
    assert "test_every_sentence_of_the_catalogue_is_a_rule_or_excluded[openai-chat] PASSED" in shown
    assert " passed in " in shown
    assert "FAILED" not in shown
    assert "ERROR" not in shown


def test_type_checkers_see_our_types(python: Path, hostile: Path, request: pytest.FixtureRequest) -> None:
    """As mypy finds them by py.typed; what it knows of other people's packages is kept for the next run."""
    kept = getattr(request.config, "cache", None)
    cache = kept.mkdir("mypy-of-the-wheel") if kept else hostile / ".mypy_cache"
    words = ("--strict", "--python-executable", python, "--cache-dir", cache, "typed.py")
    checked = run(sys.executable, "-m", "mypy", *words, cwd=hostile)
    assert checked.returncode == 0, checked.stdout


def test_a_third_partys_adapter_needs_only_its_entry_point(python: Path, tmp_path: Path) -> None:
    code = (
        "import conformance; print(conformance.adapter('acme').display_name)\n"
        "from conformance.cli import cli; cli.main(['list', 'providers'])"
    )
    name, listed = must(python, "-c", code, cwd=tmp_path).split("\n", 1)
    assert name == "Acme"
    assert "acme" in listed
