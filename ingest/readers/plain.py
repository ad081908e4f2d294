"""What a parser in a child process found, back as our own records. It is checked, not trusted."""

from pydantic import TypeAdapter, ValidationError

from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease

_RELEASE = TypeAdapter(RawRelease)
_BLOCKS = TypeAdapter(tuple[Block, ...])


def release_in(plain: object) -> RawRelease:
    """The release that `confined` handed over.

    Raises:
        Unreadable: it is none.
    """
    try:
        return _RELEASE.validate_python(plain)
    except ValidationError:
        raise Unreadable("its reader gave back what is no release") from None


def blocks_in(plain: object) -> tuple[Block, ...]:
    """The blocks that `confined` handed over.

    Raises:
        Unreadable: they are none.
    """
    try:
        return _BLOCKS.validate_python(plain)
    except ValidationError:
        raise Unreadable("its reader gave back what is no text") from None
