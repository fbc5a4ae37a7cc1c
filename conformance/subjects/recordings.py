"""What is to be judged of recorded traffic: the exchanges of files and folders, chosen, each with its twin.

Rule of the file: what is passed over is counted and told; a file that cannot be read does not stop the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from conformance.cases import Note
from conformance.dialects import detect
from conformance.errors import ConformanceError, InputError
from conformance.exchange import Exchange, host_of
from conformance.hosts import lists_models
from conformance.scenarios import SCENARIOS
from conformance.subjects.twins import Twins
from conformance.tape.traffic import NoTraffic, folder_of, read_traffic

_SHOWN = 3


@dataclass(frozen=True)
class Selection:
    """Which exchanges are looked at, and as what."""

    dialect: str | None = None
    """Stands in for what the request tells."""
    host: str | None = None
    """A glob that the host must fit."""
    exchange: str | None = None
    """The id of the only exchange that is wanted."""
    profile: str | None = None
    """The provider by whose deviations and host rules it is judged; `auto`: the one whose host was called;
    `strict`: nothing is excused, not even in recordings of this kit."""

    def wants(self, one: Exchange) -> bool:
        if self.exchange and one.id != self.exchange:
            return False
        return not self.host or fnmatchcase(host_of(one.request.url), self.host.lower())


class Found(NamedTuple):
    """An exchange and the file that it was read from."""

    file: Path
    exchange: Exchange
    twin: Exchange | None = None
    """One before it that asked the same, streamed where this one is whole, or the other way round."""


@dataclass
class Recordings:
    """The wanted exchanges of some files and folders; afterwards, what there is to tell of the rest."""

    paths: Iterable[Path]
    selection: Selection
    troubles: list[ConformanceError] = field(default_factory=list)
    """What could not be read."""
    strangers: list[Path] = field(default_factory=list)
    """Files below folders that hold no traffic."""
    no_calls: Counter[str] = field(default_factory=Counter)
    """File -> exchanges that call no model."""

    def __iter__(self) -> Iterator[Found]:
        for path in self.paths:
            if not path.is_dir():
                yield from self._of_file(path, named=True)
                continue
            found = folder_of(path)
            self.strangers += found.others
            before = len(self.strangers)
            for file in found.traffic:
                yield from self._of_file(file, named=False)
            if len(self.strangers) - before == len(found.traffic):
                self.troubles.append(InputError(f"{path} holds no file of traffic", "name files, or another folder"))

    def _of_file(self, file: Path, *, named: bool) -> Iterator[Found]:
        twins = Twins()
        try:
            for one in read_traffic(file, self.selection.dialect, named=named):
                if calls_nothing(one, self.selection.dialect):
                    self.no_calls[str(file)] += 1
                    continue
                twin = twins.of(one)
                if self.selection.wants(one):
                    yield Found(file, one, twin)
        except NoTraffic as stranger:
            if named:
                self.troubles.append(stranger)
            else:
                self.strangers.append(file)
        except InputError as error:
            self.troubles.append(error)
        except Exception as bug:  # of the kit: told with the file that shows it, and the other files are still judged
            self.troubles.append(internal(f"reading {file}", bug))

    def notes(self) -> Iterator[Note]:
        """What was passed over."""
        for file, number in self.no_calls.items():
            yield Note(f"{file}: passed over {_many(number, 'exchange')} that call no model")
        if self.strangers:
            kinds = Counter(one.suffix or one.name for one in self.strangers).most_common(_SHOWN)
            told = ", ".join(f"{number} {kind}" for kind, number in kinds)
            more = ", ..." if len({one.suffix or one.name for one in self.strangers}) > _SHOWN else ""
            yield Note(f"passed over {_many(len(self.strangers), 'file')} that hold no traffic: {told}{more}")


def calls_nothing(one: Exchange, given: str | None) -> bool:
    """Is it a page, a picture: nothing was posted as JSON, no dialect claims it, and no models are listed?

    What the recording says of its dialect is of the whole session: a look at /health is no call in any.
    """
    sent = one.request
    if lists_models(one):
        return False
    looks = sent.method.upper() in ("GET", "HEAD")
    if not sent.method or (one.dialect and not given and not looks):
        return astray(one)
    if sent.method.upper() == "POST" and (given or isinstance(sent.json(), dict)):
        return astray(one)
    return astray(one) or detect(sent.method, sent.url, sent.headers, sent.json()) is None


def astray(one: Exchange) -> bool:
    """Did this kit ask at a wrong door, to see whether it is shut: a path or method that the server refused?

    Of scenarios the address is judged: theirs is what an adapter made of them.
    """
    if not one.scenario or one.scenario in SCENARIOS or one.response.status not in (404, 405):
        return False
    return one.request.method != "POST" or detect("POST", one.request.url, (), None) is None


def internal(doing: str, bug: Exception) -> ConformanceError:
    """A crash of the kit, as an error that names what shows it."""
    return ConformanceError(
        f"internal error while {doing}: {type(bug).__name__}: {bug}",
        "this is a bug of the kit: please report it with that recording",
    )


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
