"""The rules of openai-chat: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: Q request, H where it goes, R whole answer, S stream, A answer of either kind against what was asked, U usage,
E errors.
"""

from __future__ import annotations

from . import (
    rules_asked,
    rules_errors,
    rules_history,
    rules_kept,
    rules_likelihood,
    rules_messages,
    rules_options,
    rules_reply,
    rules_reply_calls,
    rules_said,
    rules_status,
    rules_stream,
    rules_stream_calls,
    rules_stream_end,
    rules_stream_news,
    rules_stream_same,
    rules_stream_turns,
    rules_tools,
    rules_usage,
)
from .book import BOOK

__all__ = [
    "BOOK",
    "rules_asked",
    "rules_errors",
    "rules_history",
    "rules_kept",
    "rules_likelihood",
    "rules_messages",
    "rules_options",
    "rules_reply",
    "rules_reply_calls",
    "rules_said",
    "rules_status",
    "rules_stream",
    "rules_stream_calls",
    "rules_stream_end",
    "rules_stream_news",
    "rules_stream_same",
    "rules_stream_turns",
    "rules_tools",
    "rules_usage",
]
