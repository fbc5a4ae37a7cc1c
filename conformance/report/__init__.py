"""Reports: listeners of one stream of verdicts. They tell; they never decide what is right.

Rule of the folder: a listener takes verdicts as they come and may print at once; `close` ends the report and
says the exit code. What was not judged is shown apart, with its reason, and never as a pass.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TextIO, TypeAlias

if TYPE_CHECKING:
    from conformance.cases import Note, Verdict
    from conformance.errors import ConformanceError
    from conformance.rulebook import Level

Kind: TypeAlias = Literal["check", "lint"]
"""What is reported: cases of providers, or exchanges of recordings."""


class Listener(Protocol):
    """Whoever wants to hear of every verdict, once, in order."""

    def verdict(self, v: Verdict) -> None:
        """One case has been judged."""
        ...

    def trouble(self, error: ConformanceError) -> None:
        """Something could not be read or run at all; what else there is goes on."""
        ...

    def note(self, note: Note) -> None:
        """Something worth telling that is neither a verdict nor an error."""
        ...

    def close(self) -> int:
        """No more comes: finish the report; the exit code that it amounts to."""
        ...


@dataclass(frozen=True)
class Style:
    """How much a report tells."""

    verbose: bool = False
    level: Level = "SHOULD"
    """The lowest level of findings that is shown. The exit code never depends on it."""
    compat: bool = False
    """Whether the exit code is that of the compat verdict: what the common clients survive only warns."""
    most: int = 5
    """How many findings of one rule in one case a machine's format lists; 0: all."""


LEVELS: tuple[Level, ...] = ("MUST", "SHOULD", "INFO")

_FORMS: Mapping[tuple[Kind, str], tuple[str, str]] = {
    ("check", "text"): ("conformance.report.check_text", "CheckText"),
    ("lint", "text"): ("conformance.report.lint_text", "LintText"),
    ("check", "json"): ("conformance.report.document", "CheckDocument"),
    ("lint", "json"): ("conformance.report.document", "LintDocument"),
    ("check", "junit"): ("conformance.report.junit", "CheckJUnit"),
    ("lint", "junit"): ("conformance.report.junit", "LintJUnit"),
    ("check", "markdown"): ("conformance.report.markdown", "CheckMarkdown"),
    ("lint", "markdown"): ("conformance.report.markdown", "LintMarkdown"),
}

FORMATS = ("text", "json", "junit", "markdown")
"""How verdicts can be reported, for either kind; the first is what people read."""


def listener(kind: Kind, format: str, out: TextIO, style: Style | None = None) -> Listener:
    """The listener for a kind of report in a format, writing to `out`."""
    module, name = _FORMS[kind, format]
    made: Listener = getattr(importlib.import_module(module), name)(out, style or Style())
    return made


def tell(verdicts: Iterable[Verdict], to: Listener) -> int:
    """Tell a listener every verdict; the exit code."""
    for one in verdicts:
        to.verdict(one)
    return to.close()
