"""Every obligation can fail, and fails for the one thing that is wrong."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from conformance import Adapter, adapter, judge_all, plan
from conformance.obligations import OBLIGATIONS
from conformance.tape import shelf

_spec = importlib.util.spec_from_file_location("miniatures", Path(__file__).with_name("miniatures.py"))
assert _spec
assert _spec.loader
miniatures = sys.modules["miniatures"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(miniatures)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of openai's cassettes, for a miniature to spoil."""
    copy = tmp_path / "cassettes"
    copy.mkdir()
    for path in shelf().glob("verify_openai_*.json"):
        shutil.copy(path, copy)
    return copy


def broken(one: Adapter, folder: Path) -> set[str]:
    """The obligations that an adapter breaks: all tiers, and the twins of simple_text for the conformance tier."""
    judged = [
        *plan(adapters=[one], folder=folder, tiers=["unit", "contract", "errors", "e2e"]),
        *plan(adapters=[one], folder=folder, tiers=["conformance"], scenarios=["simple_text", "simple_text_whole"]),
    ]
    rules = (finding.rule for verdict in judge_all(judged) for finding in verdict.findings if finding.level == "MUST")
    return {rule if rule in OBLIGATIONS else "conformance.rules" for rule in rules}


def test_every_obligation_has_a_miniature() -> None:
    assert set(miniatures.MINIATURES) == set(OBLIGATIONS)


def test_the_good_adapter_breaks_nothing(folder: Path) -> None:
    assert broken(adapter("openai"), folder) == set()


@pytest.mark.parametrize("obligation", OBLIGATIONS)
def test_exactly_what_is_wrong_is_found(obligation: str, folder: Path) -> None:
    small = miniatures.MINIATURES[obligation]
    assert broken(small.spoil(adapter("openai"), folder), folder) == {obligation, *small.also}
