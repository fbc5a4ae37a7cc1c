"""`conformance new` writes a provider that discovery could load as it is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

FACTS = ("--dialect", "openai-chat", "--base-url", "https://api.acme.test/v1/", "--model", 'acme-"large"')


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ADAPTER


def test_the_skeleton_is_an_adapter(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("new", "acme-cloud", *FACTS, "--auth", "x-api-key", "--folder", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert "conformance check acme-cloud" in result.stdout
    made = load(tmp_path / "acme_cloud.py")
    assert (made.name, made.display_name, made.dialect.name) == ("acme-cloud", "Acme Cloud", "openai-chat")
    assert (made.base_url, made.model) == ("https://api.acme.test/v1", 'acme-"large"')
    assert (made.key_env, made.key_header) == (("ACME_CLOUD_API_KEY",), "x-api-key")


def test_a_fresh_adapter_conforms_but_for_its_recordings(run: Callable[..., Result], tmp_path: Path) -> None:
    from conformance.run import plan

    run("new", "acme", *FACTS, "--folder", tmp_path)
    cases = plan(["acme"], adapters=[load(tmp_path / "acme.py")], tiers=["contract", "errors"], folder=tmp_path)
    failed = [(one.case, one.findings) for one in (case.judge() for case in cases) if one.outcome != "pass"]
    assert failed == []


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("Acme!", [], "is no name for a provider"),
        ("openai", [], "there is a provider 'openai' already"),
        ("acme", ["--dialect", "openai-chatt"], "did you mean openai-chat"),
        ("acme", ["--base-url", "acme.test"], "is no base URL"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Callable[..., Result], refused: Callable[..., None], tmp_path: Path, name: str, more: list[str], said: str
) -> None:
    refused(run("new", name, *FACTS, "--folder", tmp_path, *more), said)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(run: Callable[..., Result], refused: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "acme.py").write_text("mine")
    refused(run("new", "acme", *FACTS, "--folder", tmp_path), "is there already")
    assert (tmp_path / "acme.py").read_text() == "mine"
    refused(run("new", "acme", *FACTS, "--folder", tmp_path / "none"), "does not exist")
