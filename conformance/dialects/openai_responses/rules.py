"""The rules of openai-responses: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: Q request, R finished response, A answer to what was asked, S stream, U usage, E failures.
"""

from __future__ import annotations

from . import (
    rules_asked,
    rules_closing,
    rules_content,
    rules_growth,
    rules_input,
    rules_items,
    rules_reply,
    rules_request,
    rules_stream,
    rules_usage,
)
from .book import BOOK

__all__ = [
    "BOOK",
    "rules_asked",
    "rules_closing",
    "rules_content",
    "rules_growth",
    "rules_input",
    "rules_items",
    "rules_reply",
    "rules_request",
    "rules_stream",
    "rules_usage",
]
