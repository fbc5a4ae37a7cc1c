"""`conformance new`: the skeleton of a provider, ready to be judged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import click

from conformance.commands.choosing import SAID, among

# Each fact of the caller comes in as a quoted literal, so no name or URL can break out of its string.
SKELETON = '''"""{title}: a speaker of {language}.

Rule of the file: facts, each as its vendor documents it.
"""

from __future__ import annotations

from conformance.adapters import TEST_REQUIRED, HttpAdapter
from conformance.auth import {way.imported}
from conformance.dialects import dialect

ADAPTER = HttpAdapter(
    name={name},
    display_name={display_name},
    dialect=dialect({dialect}),
    base_url={base_url},
    key_env=({key_env},),
    authenticate={way.call},
    key_header="{way.header}",
    model={model},
    context_window={context_window},
    max_tokens={max_tokens},
    # What it can do, by the names that `conformance list scenarios` shows under `needs`.
    capabilities=frozenset({{"text", "tools"}}),
    obligations=TEST_REQUIRED,
)
'''


class Auth(NamedTuple):
    """How the key travels, as source text."""

    imported: str
    call: str
    header: str


AUTH = {
    "bearer": Auth("bearer", "bearer", "authorization"),
    "x-api-key": Auth("header_key", 'header_key("x-api-key")', "x-api-key"),
    "api-key": Auth("header_key", 'header_key("api-key")', "api-key"),
}


@click.command()
@click.argument("name")
@click.option("--dialect", "-d", "speaks", required=True, metavar="NAME", help="The dialect that it speaks.")
@click.option("--base-url", required=True, metavar="URL", help="What the dialect's path is put behind.")
@click.option("--model", type=SAID, required=True, metavar="ID", help="A model id that serves for tests.")
@click.option("--key-env", type=SAID, metavar="VAR", help="The variable that holds the key [default: NAME_API_KEY].")
@click.option("--auth", type=click.Choice(list(AUTH)), default="bearer", show_default=True, help="How the key travels.")
@click.option("--context-window", type=click.IntRange(1), default=128_000, show_default=True, help="Tokens in all.")
@click.option("--max-tokens", type=click.IntRange(1), default=8_192, show_default=True, help="Tokens of an answer.")
@click.option(
    "--folder", type=SAID, metavar="DIR", default=None, help="Where to write, instead of the providers of this kit."
)
def command(
    name: str,
    speaks: str,
    base_url: str,
    model: str,
    key_env: str | None,
    auth: str,
    context_window: int,
    max_tokens: int,
    folder: str | None,
) -> int:
    """Write the skeleton of a new provider: one file of facts. Nothing else is edited; discovery finds it."""
    from conformance.dialects import dialect_names

    path = _target(name, base_url, folder)
    title = name.replace("-", " ").title()
    facts = {
        "dialect": among("dialect", [speaks], dialect_names())[0],
        "name": name,
        "display_name": title,
        "base_url": base_url.rstrip("/"),
        "key_env": key_env or f"{name.upper().replace('-', '_')}_API_KEY",
        "model": model,
    }
    _write(path, _skeleton(title, facts, AUTH[auth], context_window, max_tokens))
    click.echo(f"wrote {path}")
    click.echo(f"next: conformance check {name}    (lists what it owes, with the command that pays each debt)")
    return 0


def _skeleton(title: str, facts: dict[str, str], way: Auth, context_window: int, max_tokens: int) -> str:
    import json

    quoted = {name: json.dumps(fact) for name, fact in facts.items()}
    limits = {"context_window": context_window, "max_tokens": max_tokens}
    return SKELETON.format(title=title, language=facts["dialect"], way=way, **quoted, **limits)


def _target(name: str, base_url: str, folder: str | None) -> Path:
    """The file to write. Raises `UsageError` for a name or URL that cannot be, and for a provider that exists."""
    import importlib

    from conformance.adapters import find_adapter
    from conformance.errors import UsageError

    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(f"{name!r} is no name for a provider", "use lower case letters, digits and dashes")
    if not re.match(r"https?://[^/\s]+", base_url):
        raise UsageError(f"{base_url!r} is no base URL", "it starts with https:// and names a host")
    if found := find_adapter(name):
        raise UsageError(f"there is a provider {name!r} already ({found.display_name})", "choose another name")
    place = (
        Path(folder)
        if folder is not None
        else Path(next(iter(importlib.import_module("conformance.providers").__path__)))
    )
    if not place.is_dir():
        raise UsageError(f"the folder {place} does not exist", "make it, or name another with --folder")
    return place / f"{name.replace('-', '_')}.py"


def _write(path: Path, text: str) -> None:
    from conformance.errors import UsageError

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", "nothing was written; choose another name") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "name a folder that you may write to") from error
