"""Presets: rows of facts in `providers/presets.toml`, each made an adapter when it is asked for.

Rule of the file: a row is all that a preset needs. What is wrong with one is said with its id.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.adapters import CASSETTES_ONLY, HttpAdapter
from conformance.errors import InputError

if TYPE_CHECKING:
    import httpx

    from conformance.rulebook import Profile

Row: TypeAlias = Mapping[str, Any]

CAPABILITIES = frozenset({"text", "tools"})
"""What the scenarios that a preset owes need."""

_NEEDED = frozenset({"id", "name", "keys", "base_url", "dialect", "model", "docs"})
_ALLOWED = _NEEDED | {"aliases", "settings", "deviations", "quirks", "makes"}


@cache
def preset_rows() -> Mapping[str, Row]:
    """Every row by its id, as it stands in the file. Raises `InputError` for a row that is none."""
    return rows_of(files("conformance.providers").joinpath("presets.toml").read_text(encoding="utf-8"))


def rows_of(text: str, where: str = "presets.toml") -> Mapping[str, Row]:
    """The rows of a file of presets, laid over what the file says of all presets of their dialect."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{where} is no TOML: {fault}", "mend that line") from fault
    common = told.get("dialects", {})
    found: dict[str, Row] = {}
    for row in told.get("preset", ()):
        _check(row, found, where)
        found[row["id"]] = {"common": common.get(row["dialect"], {}), **row}
    return MappingProxyType(found)


def _check(row: Row, known: Mapping[str, Row], where: str) -> None:
    id = row.get("id", "a preset without id")
    lacking, odd = sorted(_NEEDED - row.keys()), sorted(row.keys() - _ALLOWED)
    if lacking or odd:
        told = f"lacks {', '.join(lacking)}" if lacking else f"has a key that means nothing: {', '.join(odd)}"
        raise InputError(f"{where}: {id} {told}", "see the head of the file for what a row holds")
    if id in known:
        raise InputError(f"{where}: {id} stands there twice", "drop one of both")


def build_preset(row: Row) -> HttpAdapter:
    """The adapter of a row."""
    from conformance.dialects import dialect
    from conformance.hosts import rules_at
    from conformance.recounting import as_counted

    common: Row = row["common"]
    header = common.get("key_header", "authorization")
    language, deviations = dialect(row["dialect"]), tuple(row.get("deviations", ()))
    quirks: Row = {**common.get("quirks", {}), **row.get("quirks", {})}
    return HttpAdapter(
        name=row["id"],
        display_name=row["name"],
        aliases=tuple(row.get("aliases", ())),
        dialect=as_counted(language, deviations),
        base_url=row["base_url"],
        settings=row.get("settings", {}),
        key_env=tuple(row["keys"]),
        authenticate=_way(header),
        key_header=header,
        fixed_headers=tuple(common.get("headers", {}).items()),
        model=row["model"],
        makes=row.get("makes", ""),
        quirks=quirks,
        capabilities=CAPABILITIES,
        deviations=deviations,
        profile=_profile(row["id"], quirks),
        rules=rules_at(row["base_url"] + "/chat/completions"),
        onboarding="preset",
        obligations=CASSETTES_ONLY,
    )


def _profile(name: str, quirks: Row) -> Profile:
    """What follows from how requests to it differ: who knows one name of the limit is not to be asked by the other."""
    from conformance.rulebook import Profile

    told = quirks.get("max_tokens_field") == "max_tokens"
    return Profile(name, {"OC-Q12 $.max_tokens": (None, "the vendor calls the limit max_tokens")} if told else {})


def _way(header: str) -> Callable[[str], httpx.Auth]:
    from conformance.auth import bearer, header_key

    return bearer if header == "authorization" else header_key(header)


def preset_builders() -> Mapping[str, Callable[[], HttpAdapter]]:
    """What makes each preset, by id: nothing is built until it is called."""
    return {id: partial(build_preset, row) for id, row in preset_rows().items()}
