"""The command line: one group whose commands are imported when they are called, and the one way out of the program.

Rule of the file: imports nothing heavier than click; every exit code and every message on stderr is decided here.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from conformance.errors import ConformanceError

CONFORMS, FINDINGS, CANNOT_JUDGE = 0, 1, 2
INTERRUPTED, BROKEN_PIPE = 130, 141  # what a shell reports for SIGINT and SIGPIPE

COMMANDS: Mapping[str, str] = {
    "check": "Judge providers by what they owe and by the rules of their dialect.",
    "lint": "Judge recorded traffic: cassettes, vcrpy files, HAR, JSONL.",
    "show": "Tell a cassette as a readable timeline.",
    "diff": "Compare two recordings of one scenario: what moved in shape.",
    "explain": "Say what a rule or an obligation asks, why, and with which example.",
    "list": "List providers, dialects, scenarios, rules, obligations or faults.",
    "record": "Record cassettes, from the vendor or from the virtual provider.",
    "serve": "Run the virtual provider, in order or with a fault in it.",
    "selftest": "Try every fault against the rules; say the rate.",
    "new": "Write the skeleton of a new provider.",
}
"""Command -> what it does. The module `conformance.commands.<name>_command` holds it as `command`."""

EPILOG = "Exit codes: 0 conforms, 1 findings, 2 could not judge."


class LazyGroup(click.Group):
    """A group that knows its commands by name and sentence, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"conformance.commands.{cmd_name}_command").command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from conformance.commands.choosing import unknown

            raise unknown("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # told here: click would make it exit code 1, which means findings
            _silence(sys.stdout)
            return BROKEN_PIPE
        return code

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command line and leave with its exit code; whatever was raised becomes one clear message."""
        _open_closed_streams()
        try:
            code = super().main(*args, **{**options, "standalone_mode": False})
        except BaseException as error:
            code = _farewell(error)
        sys.exit(code or CONFORMS)


def _open_closed_streams() -> None:
    """Whoever closed stdout or stderr (`>&-`) wants the exit code or the `--output` file: the rest goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - it lives as long as the program


class Farewell(NamedTuple):
    """What is said at the way out, and the exit code."""

    code: int
    message: str = ""
    hint: str = ""


def _farewell(error: BaseException) -> int:
    """Say what an exception means for the user; return the exit code."""
    if os.environ.get("CONFORMANCE_TRACEBACK") and not isinstance(error, click.Abort | KeyboardInterrupt | SystemExit):
        import traceback

        traceback.print_exception(error)
    last = _told(error)
    if last.message:
        complain(last.message, last.hint)
    return last.code


def _told(error: BaseException) -> Farewell:
    match error:
        case ConformanceError():
            return Farewell(CANNOT_JUDGE, str(error), error.hint)
        case click.Abort() | KeyboardInterrupt():
            return Farewell(INTERRUPTED, "interrupted")
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "conformance"
            return Farewell(CANNOT_JUDGE, error.format_message(), f"see: {path} --help")
        case click.ClickException():
            return Farewell(CANNOT_JUDGE, error.format_message())
        case SystemExit():
            return Farewell(error.code if isinstance(error.code, int) else CANNOT_JUDGE)
        case BrokenPipeError():
            return Farewell(BROKEN_PIPE)
        case OSError():
            where = f": {error.filename}" if error.filename else ""
            return Farewell(
                CANNOT_JUDGE, f"the system says {error.strerror or error}{where}", "mend that and try again"
            )
    name = type(error).__name__
    return Farewell(
        CANNOT_JUDGE,
        f"internal error: {name}: {error}",
        "this is a bug of the kit: please report it with the command and what CONFORMANCE_TRACEBACK=1 shows",
    )


def complain(message: str, hint: str = "") -> None:
    """One error on stderr, made safe to print: control characters escaped, one line each."""
    from conformance.report.printable import one_line

    lines = [f"error: {one_line(message)}", *([f"hint: {one_line(hint)}"] if hint else [])]
    try:
        print("\n".join(lines), file=sys.stderr, flush=True)
    except BrokenPipeError:
        _silence(sys.stderr)


def _silence(stream: Any) -> None:
    """Point a stream whose reader has gone at nothing, so that the interpreter's last flush finds no fault."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):  # a captured stream has no file number
        return


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"conformance {version('provider-conformance')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version.")
def cli() -> None:
    """Tell whether an LLM provider, endpoint, gateway or client really speaks the wire protocol it claims."""


def main() -> None:
    """The entry point `conformance`."""
    cli.main(prog_name="conformance")
