"""The rules of gemini: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: H address and key, Q request, A answer to what was asked, R answer, S stream, U usage, E errors.
"""

from __future__ import annotations

from . import (  # isort: skip
    rules_address,
    rules_request,
    rules_tools,
    rules_reply,
    rules_answer,
    rules_asked,
    rules_stream,
    rules_calls,
    rules_usage,
    rules_errors,
)
from .book import BOOK

__all__ = [
    "BOOK",
    "rules_address",
    "rules_answer",
    "rules_asked",
    "rules_calls",
    "rules_errors",
    "rules_reply",
    "rules_request",
    "rules_stream",
    "rules_tools",
    "rules_usage",
]
