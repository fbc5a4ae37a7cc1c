"""The options of `conformance check` for a live endpoint, and what was said by them.

Rule of the file: words to values. What they mean for a check stands in `endpoint_check`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from conformance.commands.choosing import SAID

_SECONDS = click.FloatRange(min=0, min_open=True)


@dataclass(frozen=True, kw_only=True)
class Live:
    """What was said of a live endpoint."""

    base_url: str | None
    dialect: str | None
    model: str | None
    api_key_env: str | None
    profile: str | None
    suites: tuple[str, ...]
    repeat: int
    ttft_limit: float | None
    gap_limit: float | None
    timeout: float | None
    streaming_timeout: float | None
    stall_limit: float | None
    slow: bool
    require_models: tuple[str, ...]
    other_model: str | None
    record: str | None
    config: str | None
    target: str | None
    services: tuple[str, ...]
    progress: bool

    @property
    def wanted(self) -> bool:
        """Is a live endpoint to be checked at all?"""
        return bool(self.base_url or self.services or self.target or self.config)

    @property
    def stray(self) -> str | None:
        """An option that means something only for a live endpoint; None when none was said."""
        said = {
            "--dialect": self.dialect,
            "--model": self.model,
            "--api-key-env": self.api_key_env,
            "--profile": self.profile,
            "--suite": self.suites,
            "--record": self.record,
            "--slow": self.slow,
            "--require-model": self.require_models,
            "--other-model": self.other_model,
        }
        return next((name for name, value in said.items() if value), None)


_OPTIONS = (
    click.option("--base-url", type=SAID, metavar="URL", help="Check the live server at this base URL."),
    click.option("--dialect", "-d", type=SAID, metavar="NAME", help="What the server speaks."),
    click.option("--model", "-m", type=SAID, metavar="ID", help="The model that is asked."),
    click.option("--api-key-env", type=SAID, metavar="VAR", help="The environment variable that holds the key."),
    click.option(
        "--profile", type=SAID, metavar="NAME", help="Excuse what this provider is known for, and ask as it wants."
    ),
    click.option("--suite", "suites", multiple=True, metavar="NAME", help="Only this suite; may be repeated."),
    click.option(
        "--repeat", type=click.IntRange(1, 1000), default=1, show_default=True, help="Measure latency so often."
    ),
    click.option("--ttft-limit", type=_SECONDS, metavar="S", help="Seconds to the first token.  [default: 5]"),
    click.option("--gap-limit", type=_SECONDS, metavar="S", help="Seconds of pause in a stream.  [default: 5]"),
    click.option("--timeout", type=_SECONDS, metavar="S", help="Seconds for a simple request.  [default: 60]"),
    click.option("--streaming-timeout", type=_SECONDS, metavar="S", help="Seconds for a whole stream.  [default: 300]"),
    click.option(
        "--stall-limit", type=_SECONDS, metavar="S", help="Silence until a stream is given up.  [default: 60]"
    ),
    click.option("--slow", is_flag=True, help="Ask prompts that take long as well."),
    click.option("--require-model", "require_models", multiple=True, metavar="ID", help="This model must be listed."),
    click.option("--other-model", type=SAID, metavar="ID", help="Ask this model too (suite switching)."),
    click.option("--record", type=SAID, metavar="DIR", help="Keep each exchange as a cassette there, secrets masked."),
    click.option("--config", type=SAID, metavar="FILE", help="The file of services, instead of conformance.toml."),
    click.option("--target", type=click.Choice(["local", "deployed"]), help="Which URL of a service; else TEST_MODE."),
    click.option("--service", "services", multiple=True, metavar="NAME", help="Check this service of the file."),
    click.option("--progress", is_flag=True, help="Tell each case on stderr as it is asked, without a terminal too."),
)  # fmt: skip


def endpoint_options() -> Callable[[Any], Any]:
    """All of them."""

    def add(command: Any) -> Any:
        for option in reversed(_OPTIONS):
            command = option(command)
        return command

    return add
