"""`VCR_MODE=record pytest`: the case's own cassette is recorded before it is judged, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance import Case, UsageError, plan
from conformance.testing import assert_conforms, record_for


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CI", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VCR_CASSETTE_DIR", str(tmp_path))
    monkeypatch.setenv("VCR_MODE", "record")
    return tmp_path


def case(id: str) -> Case:
    return next(one for one in plan(["openai"]) if one.id == id)


def test_a_case_is_recorded_and_then_judged(shelf: Path) -> None:
    one = case("openai/conformance/simple_text")
    result = record_for(one, source="virtual")
    assert result
    assert result.outcome == "recorded"
    assert [path.name for path in shelf.glob("*.json")] == ["verify_openai_simple_text.json"]
    assert assert_conforms(one).source == "virtual"


def test_auto_records_only_what_is_missing(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCR_MODE", "auto")
    one = case("openai/conformance/error_auth_401")
    assert record_for(one, source="virtual")
    assert record_for(one, source="virtual") is None


@pytest.mark.parametrize("what", ["unit/identity", "contract/payload", "conformance/simple_text_twins"])
def test_a_case_without_a_recording_of_its_own_records_nothing(shelf: Path, what: str) -> None:
    assert record_for(case(f"openai/{what}"), source="virtual") is None
    assert not list(shelf.iterdir())


def test_playback_never_records(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VCR_MODE")
    assert record_for(case("openai/conformance/simple_text"), source="virtual") is None


def test_a_missing_key_is_said_before_anything_is_sent(shelf: Path) -> None:
    with pytest.raises(UsageError, match="set OPENAI_API_KEY"):
        record_for(case("openai/conformance/simple_text"))
