"""The rules of mistral: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: OC is shared with openai-chat; MI-Q request, R answer, A answer to what was asked, S stream, E errors.
"""

from __future__ import annotations

from . import rules_errors, rules_reply, rules_request, rules_said, rules_stream
from .book import BOOK

__all__ = ["BOOK", "rules_errors", "rules_reply", "rules_request", "rules_said", "rules_stream"]
