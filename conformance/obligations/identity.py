"""Unit tier, identity: who the adapter says it is.

Rule of the file: well formed, unique among all that discovery finds, and true on the wire.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from conformance.obligations.registry import Bench, obligation
from conformance.rulebook import Violation
from conformance.subjects.samples import minimal_request

if TYPE_CHECKING:
    from conformance.adapters import Adapter


@obligation("unit", "identity", why="a name that differs in case or is taken twice selects the wrong provider")
def identity(adapter: Adapter, bench: Bench) -> Iterator[Violation]:
    """Name, aliases, dialect and model are well formed, unique, and what discovery finds."""
    from conformance.dialects import dialect_names

    for label in (adapter.name, *adapter.aliases):
        if not re.fullmatch(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*", label):
            yield Violation("a name or alias is not a lower-case word", "name", got=label)
    if not adapter.display_name.strip():
        yield Violation("the display name is empty", "display_name", got=adapter.display_name)
    if adapter.dialect.name not in dialect_names():
        yield Violation("the dialect is not one of the kit's", "dialect", None, dialect_names(), adapter.dialect.name)
    if not re.fullmatch(r"[^\s<>{}]+", adapter.model):
        yield Violation("the model is not a model id", "model", got=adapter.model)
    elif adapter.model not in json.dumps([adapter.body(minimal_request(adapter.model)), _url(adapter)]):
        yield Violation("the model id does not reach the request", "model", got=adapter.model)
    yield from _names_taken(adapter)
    yield from _facts(adapter)


def _names_taken(adapter: Adapter) -> Iterator[Violation]:
    from conformance.adapters import adapter_names, find_adapter

    own = [adapter.name, *adapter.aliases]
    for label in sorted({label for label in own if own.count(label) > 1}):
        yield Violation("a name or alias is given twice", "aliases", got=label)
    for name in adapter_names():
        other = find_adapter(name)
        if other is None or other.name == adapter.name:
            continue
        for label in sorted({other.name, *other.aliases} & set(own)):
            yield Violation(f"a name or alias also belongs to {other.name}", "aliases", got=label)


def _facts(adapter: Adapter) -> Iterator[Violation]:
    from conformance.scenarios import CAPABILITIES

    if unknown := sorted(adapter.capabilities - set(CAPABILITIES)):
        yield Violation("capabilities that the kit does not know", "capabilities", None, sorted(CAPABILITIES), unknown)
    if not 0 < adapter.max_tokens <= adapter.context_window:
        told = {"max_tokens": adapter.max_tokens, "context_window": adapter.context_window}
        yield Violation("0 < max_tokens <= context_window does not hold", "max_tokens", got=told)
    for name in adapter.key_env or ("",):
        if not re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
            yield Violation("not the name of an environment variable", "key_env", got=name)


def _url(adapter: Adapter) -> str:
    return unquote(adapter.url(minimal_request(adapter.model)))
