"""The configuration file: services, targets, limits, optional suites; and what is wrong in one is told with its place.

Rule of the file: a file on disk, the command line, and a server that counts.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from plain_server import PlainServer

from conformance.endpoints.config import config_of, find_config, target_of
from conformance.endpoints.endpoint import Limits
from conformance.errors import ConformanceError, InputError, UsageError

SERVICE = """
[services.gateway]
local = "{local}"
deployed = "{deployed}"
dialect = "openai-chat"
model = "plain-1"
key_env = "PLAIN_KEY"
{more}
"""
FEW = ("--scenario", "simple_text_whole", "--format", "json")


def written(path: Path, local: PlainServer, deployed: PlainServer, more: str = "", head: str = "") -> Path:
    path.write_text(head + SERVICE.format(local=local.base_url, deployed=deployed.base_url, more=more))
    return path


@pytest.fixture
def pair():
    with PlainServer() as local, PlainServer() as deployed:
        yield local, deployed


def test_a_service_is_asked_where_it_runs(pair, run, tmp_path: Path) -> None:
    """Local unless the file, TEST_MODE or --target says otherwise; the later of these wins."""
    local, deployed = pair
    written(tmp_path / "conformance.toml", local, deployed)
    tried = [
        (local, ("--service", "gateway"), {}),
        (deployed, ("--service", "gateway"), {"TEST_MODE": "deployed"}),
        (deployed, ("--service", "gateway", "--target", "deployed"), {}),
        (local, ("--target", "local"), {"TEST_MODE": "deployed"}),
    ]
    for server, words, environment in tried:
        before = len(server.calls)
        result = run(*words, *FEW, **environment)
        assert (result.exit_code, len(server.calls) - before) == (0, 1), result.output


def test_the_file_may_say_the_target(pair, run, tmp_path: Path) -> None:
    named = written(tmp_path / "mine.toml", *pair, head='target = "deployed"\n')
    assert run("--config", named, *FEW).exit_code == 0
    assert (len(pair[0].calls), len(pair[1].calls)) == (0, 1)


def test_pyproject_will_do(pair, run, tmp_path: Path) -> None:
    text = SERVICE.format(local=pair[0].base_url, deployed=pair[1].base_url, more="")
    (tmp_path / "pyproject.toml").write_text(text.replace("[services.", "[tool.conformance.services."))
    assert run("--service", "gateway", *FEW).exit_code == 0
    assert len(pair[0].calls) == 1


def test_every_service_of_the_file_is_checked_when_none_is_named(pair, run, tmp_path: Path) -> None:
    more = SERVICE.format(local=pair[1].base_url, deployed=pair[1].base_url, more="").replace("gateway", "other")
    written(tmp_path / "conformance.toml", *pair, more=more)
    told = json.loads(run("--target", "local", *FEW).stdout)
    assert [len(one.calls) for one in pair] == [1, 1]
    assert {one["name"] for one in told["subjects"]} == {one.base_url.split("/")[2] for one in pair}


def test_optional_suites_and_required_models(pair, run, tmp_path: Path) -> None:
    more = 'suites = ["debug", "memory"]\nrequire_models = ["plain-1", "plain-2"]\nother_model = "plain-1"'
    written(tmp_path / "conformance.toml", *pair, more=more)
    told = json.loads(run("--service", "gateway", "--format", "json").stdout)
    names = {one["case"].rpartition("/")[2] for one in told["verdicts"]}
    assert {"debug_stream", "memory_extract", "memory_relevant", "other_model", "models_required"} <= names
    assert "transcription_health" not in names
    assert {"EP-52", "EP-80"} <= {one["rule"] for one in told["findings"]}


def test_limits_of_the_file_hold_unless_the_command_line_says_otherwise(run, tmp_path: Path) -> None:
    head = "[timeouts]\nsimple = 20\nstall = 20\n[limits]\nttft = 0.03\n"
    with PlainServer("late") as late:
        written(tmp_path / "conformance.toml", late, late, head=head)
        words = ("--service", "gateway", "--scenario", "story", "--format", "json")
        assert "EP-30" in {one["rule"] for one in json.loads(run(*words).stdout)["findings"]}
        assert "EP-30" not in {one["rule"] for one in json.loads(run(*words, "--ttft-limit", "30").stdout)["findings"]}


def test_what_is_not_said_is_as_the_suite_of_the_source_has_it() -> None:
    assert Limits() == Limits(health=10, simple=60, complex=300, streaming=300, ttft=5, gap=5)
    said = config_of({"timeouts": {"complex": 20}, "limits": {"gap": 1}}, "x").limits
    assert (said.complex, said.gap, said.health) == (20, 1, 10)


def test_the_example_of_the_documentation_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "endpoints.md").read_text(encoding="utf-8")
    text = page.split("```toml\n")[1].split("```")[0]
    found = config_of(tomllib.loads(text), "docs")
    assert set(found.services) == {"gateway", "memory"}
    assert found.services["gateway"].url("deployed").startswith("https://")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("= 1", "is no TOML"),
        ("colour = 1", "means nothing: colour"),
        ("services = 1", "services is no table"),
        ("[services]\nx = 1", "[services.x] is no table"),
        ("[services.x]\ndialect = 'openai-chat'", "lacks model"),
        ("[services.x]\ndialect = 'openai-chat'\nmodel = 'm'\ncolour = 1", "means nothing: colour"),
        ("[services.x]\ndialect = 'openai-chat'\nmodel = 1", "model is no text"),
        ("[services.x]\ndialect = 'openai-chat'\nmodel = 'm'\nsuites = 'debug'", "suites is no list"),
        ("[services.x]\ndialect = 'openai-chat'\nmodel = 'm'", "no local URL"),
        ("[services.x]\ndialect = 'nope'\nmodel = 'm'\nlocal = 'http://x/v1'", "nope"),
        (
            "[services.x]\ndialect = 'openai-chat'\nmodel = 'm'\nlocal = 'http://x/v1'\nsuites = ['nope']",
            "no suite 'nope'",
        ),
        ("[timeouts]\nhealth = 0", "no time in seconds"),
        ("[limits]\nttft = '5 s'", "no time in seconds"),
        ("target = 'moon'\n[services.x]\ndialect = 'openai-chat'\nmodel = 'm'", "no target 'moon'"),
        ("", "names no service"),
    ],
)
def test_what_is_wrong_in_the_file_is_told(text: str, words: str, run, tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(text)
    result = run("--config", tmp_path / "conformance.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert "hint: " in result.stderr


def test_other_mistakes(tmp_path: Path, run) -> None:
    assert find_config(None, tmp_path) is None
    with pytest.raises(InputError, match="cannot read the configuration"):
        find_config(str(tmp_path / "none.toml"), tmp_path)
    with pytest.raises(UsageError, match="no target 'moon'"):
        target_of(None, "local", {"TEST_MODE": "moon"})
    with pytest.raises(ConformanceError, match="knows no service 'x'"):
        config_of({}, "file").service("x")
    assert target_of(None, "local", {"TEST_MODE": " Deployed "}) == "deployed"


def test_a_service_that_is_not_there_does_not_keep_the_others_from_being_judged(pair, run, tmp_path: Path) -> None:
    with PlainServer() as gone:
        dead = SERVICE.format(local=gone.base_url, deployed=gone.base_url, more="").replace("gateway", "dead")
    local = pair[0]
    more = SERVICE.format(local=local.base_url, deployed=local.base_url, more="").replace("gateway", "alive")
    (tmp_path / "conformance.toml").write_text(dead + more)
    result = run("--target", "local", *FEW)
    told = json.loads(result.stdout)
    assert result.exit_code == 2, "what could not be judged is no pass"
    assert "gives no answer" in result.stderr
    assert (told["counts"]["pass"], len(local.calls)) == (1, 1)
