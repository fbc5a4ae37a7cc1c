"""Does a request equal a recorded one, and if not, at which JSON paths do they differ?

Rule of the file: pure. `true`, `1` and `1.0` are three values here; the order of keys is no difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from conformance.exchange import Request
from conformance.model import JSON

Match: TypeAlias = Literal["exact", "template"]
"""`template`: in the recorded body `{{any}}`, `{{string}}`, `{{number}}`… stand for what may vary."""


class Difference(NamedTuple):
    """One place where two requests differ, as short text."""

    path: str
    recorded: str
    sent: str


def canonical(value: JSON) -> str:
    """One text for equal JSON values; unequal types give unequal texts."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def parsed(body: bytes | None) -> JSON:
    """The body as JSON; for another body a text that equals only itself."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return repr(body)


def normal_url(url: str) -> str:
    """The URL with the slash that an empty path stands for (RFC 3986, 6.2.3)."""
    return re.sub(r"^(\w+://[^/?#]+)(?=$|[?#])", r"\1/", url, count=1)


def same_body(sent: bytes | None, recorded: bytes | None, match: Match = "exact") -> bool:
    """Type-strict equality of JSON values; of bytes where a body is not JSON."""
    if (sent or b"") == (recorded or b""):
        return True
    if match == "template":
        return not next(_differences(parsed(sent), parsed(recorded), "$", match), None)
    return canonical(parsed(sent)) == canonical(parsed(recorded))


def matches(sent: Request, recorded: Request, match: Match = "exact") -> bool:
    """Method, URL and body are the same."""
    return (
        sent.method == recorded.method
        and normal_url(sent.url) == normal_url(recorded.url)
        and same_body(sent.body, recorded.body, match)
    )


def differences(sent: Request, recorded: Request, match: Match = "exact") -> Iterator[Difference]:
    """Everything in which a request departs from a recorded one."""
    if sent.method != recorded.method:
        yield Difference("method", recorded.method, sent.method)
    if normal_url(sent.url) != normal_url(recorded.url):
        yield Difference("url", recorded.url, sent.url)
    yield from _differences(parsed(sent.body), parsed(recorded.body), "$", match)


# ------------------------------------------------------------------ JSON

_ABSENT: Any = object()


def _differences(new: JSON, old: JSON, path: str, match: Match) -> Iterator[Difference]:
    if match == "template" and isinstance(old, str) and _fits(old, new):
        return
    if isinstance(new, dict) and isinstance(old, dict):
        for key in sorted({*new, *old}):
            yield from _differences(new.get(key, _ABSENT), old.get(key, _ABSENT), _below(path, key), match)
    elif isinstance(new, list) and isinstance(old, list):
        for at in range(max(len(new), len(old))):
            one, other = (side[at] if at < len(side) else _ABSENT for side in (new, old))
            yield from _differences(one, other, f"{path}[{at}]", match)
    elif new is _ABSENT or old is _ABSENT or canonical(new) != canonical(old):
        yield Difference(path, _shown(old), _shown(new))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _shown(value: JSON) -> str:
    if value is _ABSENT:
        return "<absent>"
    text = canonical(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


# ------------------------------------------------------------------ templates

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
_HOLE = re.compile(r"\{\{(any|string|number|boolean|object|array)\}\}")


def _fits(template: str, value: JSON) -> bool:
    """Does the value fill the template's holes? A template without holes fits nothing here."""
    if value is _ABSENT or not _HOLE.search(template):
        return False
    if whole := _HOLE.fullmatch(template):
        kind = whole[1]
        return kind == "any" or (isinstance(value, _KINDS[kind]) and (isinstance(value, bool) == (kind == "boolean")))
    if not isinstance(value, str):
        return False
    parts = [re.escape(part) if at % 2 == 0 else ".*" for at, part in enumerate(_HOLE.split(template))]
    return re.fullmatch("".join(parts), value, re.S) is not None
