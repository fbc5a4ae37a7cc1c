"""Names that a user types: found, or answered with what comes nearest.

Rule of the file: an unknown name is always an error that shows a way on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

import click

from conformance.errors import UsageError

_LISTED = {
    **{one: f"conformance list {one}s" for one in ("provider", "dialect", "scenario", "fault")},
    "rule or obligation": "conformance list rules, or conformance list obligations",
    "case": "conformance check --verbose shows each",
}
"""By kind of name: the command that lists them."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist: the nearest names, else all of them."""
    from difflib import get_close_matches

    names = list(known)
    lowered = {one.lower(): one for one in names}
    near = [lowered[one] for one in get_close_matches(name.strip().lower(), lowered, n=3, cutoff=0.5)]
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif names:
        listed = _LISTED.get(kind, "conformance list --help")
        hint = f"choose one of: {', '.join(names)}" if len(names) <= 40 else f"there are {len(names)}: {listed}"
    else:
        hint = "there is none at all"
    return UsageError(f"there is no {kind} {name!r}", hint)


def among(kind: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names, each of which must be known; a name with `*` or `?` stands for all that it fits."""
    choices = list(known)
    chosen: list[str] = []
    for name in names:
        found = [one for one in choices if one == name or fnmatchcase(one, name)]
        if not found:
            raise unknown(kind, name, choices)
        chosen += [one for one in found if one not in chosen]
    return chosen


class Said(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.3
    """Text that says something: an empty one is a shell variable that was not set, never a wish."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not str(value).strip():
            self.fail("it is empty", param, ctx)
        return str(value)


SAID = Said()


def format_option(*formats: str) -> Callable[[Any], Any]:
    """The option `--format`, the first format being the default."""
    choice = click.Choice(formats)
    return click.option("--format", "format", type=choice, default=formats[0], show_default=True, help="How to report.")


def output_option() -> Callable[[Any], Any]:
    """The option `--output`: a file that is replaced at the end, whole, or not at all."""
    return click.option("--output", type=SAID, metavar="FILE", default=None, help="Write the report to this file.")


def verdict_option() -> Callable[[Any], Any]:
    """The options `--strict` and `--compat`: one run, two verdicts, of which one decides the exit code."""
    told = "Which verdict decides the exit code: the specification, or what the common clients survive."
    return click.option("--compat/--strict", "compat", default=False, show_default="strict", help=told)


def most_option() -> Callable[[Any], Any]:
    """The option `--most`: how much of the same a machine's report holds."""
    told = "List so many findings of one rule in one case (JSON, JUnit); 0: all."
    return click.option("--most", type=click.IntRange(min=0), default=5, show_default=True, metavar="N", help=told)


def progress_option() -> Callable[[Any], Any]:
    """The options `--progress` and `--no-progress`; neither: on a terminal, when the work is long."""
    told = "Count on stderr what is done; without a terminal in lines.  [default: on a terminal, when it takes long]"
    return click.option("--progress/--no-progress", "progress", default=None, help=told)
