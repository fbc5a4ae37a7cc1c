"""Paper: where a text report is written. A terminal gets colour and fitted tables, anything else plain ASCII.

Rule of the file: every text passes `printable` here, so no evidence can move a cursor or break an encoder.
rich is imported for a terminal only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TextIO

from conformance.report.printable import ascii_line, one_line

if TYPE_CHECKING:
    from rich.console import Console

Row = Sequence[str]


class Paper(Protocol):
    """What a text report is written on."""

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """One line of text; a terminal wraps it below its indent."""
        ...

    def table(self, head: Row, rows: Sequence[Row], numbers: Sequence[int] = ()) -> None:
        """A table; the columns of `numbers` stand to the right."""
        ...


def paper(out: TextIO) -> Paper:
    """The paper that fits the stream."""
    return TerminalPaper(out) if out.isatty() else PlainPaper(out)


class PlainPaper:
    """ASCII lines, never wrapped, fit for grep."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        self._out.write(f"{' ' * indent}{ascii_line(text)}".rstrip() + "\n")

    def table(self, head: Row, rows: Sequence[Row], numbers: Sequence[int] = ()) -> None:
        cells = [[ascii_line(cell) for cell in row] for row in (head, *rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rule = ["-" * width for width in widths]
        for row in (cells[0], rule, *cells[1:]):
            put = [c.rjust(w) if i in numbers else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
            self._out.write("  ".join(put).rstrip() + "\n")


class TerminalPaper:
    """A terminal, by way of rich (which honours NO_COLOR and the window's width)."""

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console

        self._console: Console = Console(file=out, highlight=False, markup=False, emoji=False)
        unicode = (self._console.encoding or "").lower().startswith("utf")
        self._safe = one_line if unicode else ascii_line

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        from rich.padding import Padding
        from rich.text import Text

        told = Text(self._safe(text), style=style, overflow="fold")
        self._console.print(Padding(told, (0, 0, 0, indent), expand=False))

    def table(self, head: Row, rows: Sequence[Row], numbers: Sequence[int] = ()) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        made = Table(box=box.SIMPLE, pad_edge=False)
        for index, name in enumerate(head):
            made.add_column(Text(self._safe(name)), justify="right" if index in numbers else "left", overflow="fold")
        for row in rows:
            made.add_row(*(Text(self._safe(cell)) for cell in row))
        self._console.print(made)
