"""Modes come from the environment; CI never records; the shelf is found."""

from __future__ import annotations

import pytest

from conformance.errors import UsageError
from conformance.tape import cassette_path, mode, on_shelf, shelf, strict


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in ("VCR_MODE", "VCR_STRICT", "VCR_RECORD_IN_CI", "VCR_CASSETTE_DIR", "CI"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(None, "playback"), ("", "playback"), ("playback", "playback"), ("record", "record"), (" Auto ", "auto")],
)
def test_the_mode(monkeypatch, value, wanted):
    if value is not None:
        monkeypatch.setenv("VCR_MODE", value)
    assert mode() == wanted


def test_a_bad_mode_is_an_error_that_names_the_good_ones(monkeypatch):
    monkeypatch.setenv("VCR_MODE", "replay")
    with pytest.raises(UsageError, match="VCR_MODE is 'replay'") as caught:
        mode()
    assert caught.value.hint == "set it to one of: playback, record, auto"


def test_ci_never_records(monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("VCR_MODE", "record")
    with pytest.raises(UsageError, match="CI never records"):
        mode()
    monkeypatch.setenv("VCR_MODE", "auto")
    assert mode() == "playback"
    monkeypatch.setenv("VCR_RECORD_IN_CI", "1")
    assert mode() == "auto"
    monkeypatch.setenv("VCR_RECORD_IN_CI", "0")
    monkeypatch.setenv("CI", "false")
    assert mode() == "auto"


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("true", True), ("0", False), ("", False), ("no", False)])
def test_strict(monkeypatch, value, wanted):
    monkeypatch.setenv("VCR_STRICT", value)
    assert strict() is wanted


def test_a_bad_strict_is_an_error(monkeypatch):
    monkeypatch.setenv("VCR_STRICT", "maybe")
    with pytest.raises(UsageError, match="VCR_STRICT is 'maybe'"):
        strict()


def test_the_shelf_is_the_kits_own_unless_told(monkeypatch, tmp_path):
    assert shelf().name == "cassettes"
    assert shelf().is_dir()
    monkeypatch.setenv("VCR_CASSETTE_DIR", str(tmp_path))
    assert cassette_path("acme", "simple_text") == tmp_path / "verify_acme_simple_text.json"
    assert cassette_path("acme", "x", tmp_path / "y") == tmp_path / "y" / "verify_acme_x.json"


def test_a_provider_is_told_by_what_is_in_a_cassette(tmp_path):
    text = '{"format":"conformance-cassette","version":1,"provenance":{"provider":%s},"interactions":[]}'
    (tmp_path / "verify_acme_x.json").write_text(text % '"acme"')
    (tmp_path / "verify_acme_eu_x.json").write_text(text % '"acme_eu"')
    (tmp_path / "notes.json").write_text("{}")
    assert [path.name for path in on_shelf("acme", tmp_path)] == ["verify_acme_x.json"]
    assert len(list(on_shelf(None, tmp_path))) == 2
