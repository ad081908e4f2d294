"""`sources.toml`: where an office's releases are."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

EXAMPLE = """\
contact = "webmaster@example.gov"        # who answers for this crawler; sites see it

[[source]]
name = "site"
kind = "listing"                         # files, feed, sitemap, listing or page
url = "https://www.example.gov/newsroom/press-releases"
include = "/press-releases/"             # what a release's address has in it
member = "A. Member"

[[source]]
name = "old files"
kind = "files"
path = "archive/*.docx"
"""


class BadSources(Exception):
    """The file cannot be used; the text names what is wrong and what would be right."""


class Source(BaseModel):
    """One place where releases are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="in the books and for --only")
    kind: Literal["files", "feed", "sitemap", "listing", "page"]
    url: str | None = Field(None, description="of the feed, the sitemap, the listing or the page")
    path: str | None = Field(None, description="of files: a file, a folder or a glob, from where sources.toml is")
    include: str = Field("", description="a regular expression that a release's address must contain")
    pages: str | None = Field(
        None, description="a listing's further pages, {n} for the number; else its “next” is followed"
    )
    member: str | None = Field(None, description="whose releases these are, where they do not say")
    recheck: int = Field(100, ge=0, description="pages known already that are looked at again in a sync")

    @field_validator("include")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"it is no regular expression ({error})") from None
        return value

    @model_validator(mode="after")
    def _has_its_place(self) -> "Source":
        wanted, other = ("path", "url") if self.kind == "files" else ("url", "path")
        if getattr(self, wanted) is None:
            raise ValueError(f"a source of kind {self.kind!r} needs {wanted!r}")
        if getattr(self, other) is not None:
            raise ValueError(f"a source of kind {self.kind!r} has no {other!r}")
        if self.url is not None and not re.match(r"https?://", self.url):
            raise ValueError(f"url is {self.url!r}: it must begin with http:// or https://")
        if self.pages is not None and "{n}" not in self.pages:
            raise ValueError("pages has no {n} where the page's number belongs")
        return self


class Sources(BaseModel):
    """All of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str | None = Field(None, description="an e-mail address or a page, for the sites that are read")
    open_hosts: tuple[str, ...] = Field((), description="hosts (or host:port) of one's own network that may be read")
    source: Annotated[tuple[Source, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> "Sources":
        names = [one.name for one in self.source]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"two sources are called {twice!r}")
        if not self.contact and any(one.url for one in self.source):
            raise ValueError(
                'contact is missing: an address such as contact = "webmaster@example.gov", for the sites that are read'
            )
        return self


def read_sources(path: Path) -> Sources:
    """The sources that a file names.

    Raises:
        BadSources: there is no such file, it is not TOML, or something in it is wrong.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadSources(f"{path}: there is no such file. It looks like this:\n\n{EXAMPLE}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSources(f"{path} is not TOML: {error}.") from None
    try:
        return Sources(**rows)
    except ValidationError as error:
        raise BadSources(f"{path}: " + " ".join(_say(detail, rows) for detail in error.errors())) from None
    except TypeError:
        raise BadSources(f"{path}: the names in it must be words.") from None


def _say(detail: Any, rows: dict[str, Any]) -> str:
    """What is wrong, and where: the source by its name."""
    place = list(detail["loc"])
    where = ""
    if len(place) > 1 and place[0] == "source" and isinstance(place[1], int):
        given = rows["source"][place[1]]
        where = f"source {given.get('name', place[1] + 1)!r}: " if isinstance(given, dict) else ""
        place = place[2:]
    field = ".".join(str(part) for part in place)
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = f"{field!r} is not known"
        field = ""
    return f"{where}{field + ': ' if field else ''}{message[0].lower()}{message[1:]}."
