"""The rules of ollama: one book, written in the modules beside this one.

Rule of the file: importing the modules declares their rules; the order here is the order of reports.
Ids: Q request, R answer, A answer to what was asked, S stream, E errors.
"""

from __future__ import annotations

from . import rules_answer, rules_request, rules_said, rules_stream
from .book import BOOK

__all__ = ["BOOK", "rules_answer", "rules_request", "rules_said", "rules_stream"]
