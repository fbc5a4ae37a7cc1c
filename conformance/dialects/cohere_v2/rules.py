"""The rules of cohere-v2: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: H where it goes, Q request, A what was asked for, R answer, S stream, U usage, E errors.
"""

from __future__ import annotations

from . import (
    rules_answer,
    rules_options,
    rules_pieces,
    rules_reply,
    rules_request,
    rules_sense,
    rules_stream,
    rules_stream_blocks,
    rules_stream_end,
)
from .book import BOOK

__all__ = [
    "BOOK",
    "rules_answer",
    "rules_options",
    "rules_pieces",
    "rules_reply",
    "rules_request",
    "rules_sense",
    "rules_stream",
    "rules_stream_blocks",
    "rules_stream_end",
]
