"""The rules of cohere-v2: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: H where it goes, Q request, R whole answer, S stream, U usage, E errors.
"""

from __future__ import annotations

from . import rules_options, rules_reply, rules_request, rules_stream, rules_stream_blocks, rules_stream_end
from .book import BOOK

__all__ = [
    "BOOK",
    "rules_options",
    "rules_reply",
    "rules_request",
    "rules_stream",
    "rules_stream_blocks",
    "rules_stream_end",
]
