"""The configuration file: services by name, each with a local and a deployed URL, and how long what may take.

    target = "local"                                # --target and TEST_MODE choose otherwise

    [timeouts]
    streaming = 300

    [services.gateway]
    local = "http://localhost:8000/v1"
    deployed = "https://gateway.example.com/v1"
    dialect = "openai-chat"
    model = "baseline"
    key_env = "GATEWAY_KEY"

Rule of the file: it reads and checks. An unknown key is an error that names it, and no key (of a vendor) stands here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from conformance.endpoints.endpoint import Limits
from conformance.errors import InputError, UsageError

Target: TypeAlias = Literal["local", "deployed"]
TARGETS: tuple[str, ...] = get_args(Target)
FILE = "conformance.toml"
_TIMES = frozenset({"health", "simple", "complex", "streaming", "stall"})
_LIMITS = frozenset({"ttft", "gap"})


@dataclass(frozen=True, kw_only=True)
class Service:
    """One server that an operator runs."""

    name: str
    dialect: str = ""
    """Empty where no model answers: then only its optional suites are asked, and whether it is well."""
    model: str = ""
    local: str = ""
    deployed: str = ""
    key_env: str = ""
    profile: str = ""
    suites: tuple[str, ...] = ()
    """Optional suites that are asked as well."""
    require_models: tuple[str, ...] = ()
    other_model: str = ""

    def url(self, target: str) -> str:
        """Where it runs for that target. Raises `UsageError` when the file does not say."""
        found: str = getattr(self, target)
        if not found:
            raise UsageError(
                f"service {self.name} has no {target} URL", f"add {target} = … below [services.{self.name}]"
            )
        return found


@dataclass(frozen=True)
class Config:
    """What a configuration file says."""

    services: Mapping[str, Service]
    limits: Limits
    target: str
    where: str

    def service(self, name: str) -> Service:
        """The service of that name. Raises `UsageError` for an unknown one."""
        if found := self.services.get(name):
            return found
        hint = f"it has: {', '.join(self.services)}" if self.services else "it has no [services.<name>] at all"
        raise UsageError(f"{self.where} knows no service {name!r}", hint)


def target_of(asked: str | None, told: str, environ: Mapping[str, str] = os.environ) -> str:
    """The target: as asked for, else TEST_MODE, else what the file says. Raises `UsageError` for another word."""
    found = asked or environ.get("TEST_MODE", "").strip().lower() or told
    if found not in TARGETS:
        raise UsageError(f"there is no target {found!r}", f"TEST_MODE and --target say {' or '.join(TARGETS)}")
    return found


def find_config(named: str | None, folder: Path) -> Config | None:
    """The file that is named; else `conformance.toml`, else `[tool.conformance]` of pyproject.toml, in the folder."""
    if named:
        return read_config(Path(named))
    if (folder / FILE).is_file():
        return read_config(folder / FILE)
    project = folder / "pyproject.toml"
    return read_config(project) if project.is_file() and b"[tool.conformance" in project.read_bytes() else None


def read_config(path: Path) -> Config:
    """Read a configuration. Raises `InputError`, which names the file and what is wrong in it."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        why = getattr(fault, "strerror", None) or fault
        raise InputError(f"cannot read the configuration {path}: {why}", "name a TOML file") from fault
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{path} is no TOML: {fault}", "mend that line") from fault
    if path.name == "pyproject.toml":
        told = told.get("tool", {}).get("conformance", {})
    return config_of(told, str(path))


def config_of(told: Mapping[str, Any], where: str) -> Config:
    """The configuration that TOML values say."""
    _known(told, {"target", "timeouts", "limits", "services"}, where)
    times, limits = _table(told, "timeouts", where), _table(told, "limits", where)
    _known(times, _TIMES, f"{where}: [timeouts]")
    _known(limits, _LIMITS, f"{where}: [limits]")
    numbers = {name: _seconds(value, f"{where}: {name}") for name, value in {**times, **limits}.items()}
    services = _table(told, "services", where)
    found = {name: _service(name, row, f"{where}: [services.{name}]") for name, row in services.items()}
    return Config(found, Limits(**numbers), str(told.get("target", "local")), where)


def _service(name: str, row: Any, where: str) -> Service:
    if not isinstance(row, dict):
        raise InputError(f"{where} is no table", "see the example in docs/endpoints.md")
    names = {one.name for one in fields(Service)} - {"name"}
    _known(row, names, where)
    lacking = sorted({"dialect", "model"} - row.keys())
    if lacking and not (len(lacking) == 2 and row.get("suites")):
        raise InputError(f"{where} lacks {' and '.join(lacking)}", "a service needs a dialect and a model, or suites")
    return Service(name=name, **{key: _value(key, value, where) for key, value in row.items()})


def _value(key: str, value: Any, where: str) -> Any:
    if key in ("suites", "require_models"):
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise InputError(f"{where}: {key} is no list of texts", f'write {key} = ["…"]')
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise InputError(f"{where}: {key} is no text", f'write {key} = "…"')


def _table(told: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = told.get(name, {})
    if isinstance(found, dict):
        return found
    raise InputError(f"{where}: {name} is no table", f"write [{name}]")


def _seconds(value: Any, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise InputError(f"{where} is no time in seconds", "write a number above 0")


def _known(told: Mapping[str, Any], names: set[str] | frozenset[str], where: str) -> None:
    if odd := sorted(told.keys() - names):
        raise InputError(
            f"{where} holds a key that means nothing: {odd[0]}", f"it may hold: {', '.join(sorted(names))}"
        )
