"""The doctor's look at the records: are they there, sound, of this program's schema, and taken in to the end?"""

import datetime
import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.opening import embedder_of
from assistant.operate.finding import Finding, Place, megabytes
from vectorstore.books import SetAside
from vectorstore.database import SCHEMA_VERSION
from vectorstore.errors import EmbeddingUnavailableError, ModelError
from vectorstore.examine import Flaw, Unfinished, damage, flaws, newest_run, schema_of, unfinished_runs
from vectorstore.records import Records
from vectorstore.restore import UNPACKED

_WAL = 64_000_000  # bytes; it is a few megabytes while all is well
_AHEAD = datetime.timedelta(hours=1)  # that two clocks may differ by
_SOURCE = "source "  # before a source's name, as the inputs of a sync's runs
_SHOWN = 10  # flaws that are listed one by one


def there(place: Place) -> Iterator[Finding]:
    """Is there anything? What is yielded here makes a look at the records pointless."""
    records = place.layout.records
    try:
        yield from _there(place) if not records.exists() else ()
        reachable = not records.exists() or (_may(records) and _may(records.parent))
    except PermissionError:
        reachable = False
    if not reachable:
        what = f"{records} or its folder cannot be read and written by this user, and so not by what this user starts."
        mend = f"sudo chown -R {os.geteuid()}:{os.getegid()} {shlex.quote(str(records.parent))}"
        yield Finding("wrong", "no-access", what, mend)


def _may(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _there(place: Place) -> Iterator[Finding]:
    folder = place.settings.data_dir
    if (folder / UNPACKED).exists():
        what = f"A restore into {folder} was cut short; nothing is indexed until it is done again."
        yield Finding("wrong", "restore-cut-short", what, place.command("restore", "BACKUP.tar"))
    elif folder.exists():
        what = f"Nothing is indexed in {folder}: there is no records.db. If there was one, restore a backup."
        yield Finding("wrong", "no-records", what, place.command("ingest", "PATH"))
    else:
        what = f"There is no data directory {folder}. Nothing is indexed yet, or --data-dir is another."
        yield Finding("wrong", "no-data-directory", what, place.command("ingest", "PATH"))


def readable(place: Place, *, deep: bool) -> Iterator[Finding]:
    """Is records.db whole, and of this program's schema? What is yielded here makes any further look pointless."""
    records = place.layout.records
    try:
        schema, trouble = schema_of(records), damage(records, deep=deep)
    except sqlite3.Error as error:
        schema, trouble = SCHEMA_VERSION, str(error)
    if trouble:
        what = (
            f"{records} is damaged: {trouble}. Restore a backup; what is there now is moved aside. "
            "Without a backup, move it away yourself and take the releases in again."
        )
        yield Finding("wrong", "records-damaged", what, place.restored())
    elif schema > SCHEMA_VERSION:
        what = (
            f"{records} has schema {schema}, and this program reads up to {SCHEMA_VERSION}: a later version wrote it. Install that "
            f"version again, or put back the copy records.db.schema-{SCHEMA_VERSION} that it kept, where there is one."
        )
        yield Finding("wrong", "schema-newer", what, "git pull && make install")
    elif schema < SCHEMA_VERSION:
        what = (
            f"{records} has schema {schema}, and this program writes {SCHEMA_VERSION}. The next ingest, sync or serve brings it up "
            f"to date, and keeps a copy as records.db.schema-{schema}."
        )
        yield Finding("wrong", "schema-older", what, place.searched())


def content(place: Place) -> Iterator[Finding]:
    """Does everything in the records agree? Reads all of them."""
    try:
        found = list(flaws(place.layout.records))
    except sqlite3.Error as error:
        found = [Flaw(f"something cannot be read ({error})")]
    for flaw in found[:_SHOWN]:
        if flaw.release is None:
            yield Finding("wrong", "records-disagree", f"In the records {flaw.what}.", place.restored())
        else:
            what = f"Release {flaw.release!r}: {flaw.what}. Restore a backup; without one, withdraw it and ingest its file again."
            yield Finding("wrong", "release-damaged", what, place.restored())
    if len(found) > _SHOWN:
        what = f"{len(found) - _SHOWN:,} more things in the records do not agree."
        yield Finding("wrong", "records-disagree", what, place.restored())


def model(place: Place, records: Records) -> Iterator[Finding]:
    """Are the records embedded with the model that is set?"""
    stamped = records.meta("embedding_model")
    try:
        with closing(embedder_of(place.settings)) as embedder:
            fingerprint = embedder.fingerprint
    except EmbeddingUnavailableError as error:
        what = f"{error} Nothing can be taken in until it does, and search goes by words alone."
        asked = f"curl -i {shlex.quote(str(place.settings.embedding_url))}"
        yield Finding("wrong", "embedding-endpoint-silent", what, asked)
        return
    except ModelError as error:
        yield Finding("wrong", "embedding-model-missing", str(error), "make install")
        return
    if stamped and stamped != fingerprint:
        what = (
            f"The records were embedded with {stamped}, and the model that is set is {fingerprint}: nothing is searched or taken in "
            "until the setting is that model (or its folder) again."
        )
        name = stamped.removeprefix("remote:").rpartition("@")[0]
        mend = f"export ONTHERECORD_EMBEDDING_MODEL={shlex.quote(name)}"
        yield Finding("wrong", "embedding-model-mismatch", what, mend)


def intake(place: Place, records: Records) -> Iterator[Finding]:
    """Was everything taken in to its end?"""
    working = place.writer is not None and any(f"`ontherecord {word}`" in place.writer for word in ("ingest", "sync"))
    for run in unfinished_runs(place.layout.records) if not working else ():
        what = (
            f"A run over {_names(run)} that began {run.started} was cut short; the same command takes it up where it was. "
            "Until then some of its releases may be missing or old."
        )
        yield Finding("wrong", "run-cut-short", what, _again(place, run.inputs))
    aside: list[SetAside] = records.books.set_aside()
    if aside:
        what = f"{len(aside):,} items are set aside, because they could not be read: {aside[0].item}: {aside[0].reason}"
        yield Finding("look", "set-aside", f"{what}{' …' if len(aside) > 1 else ''}", place.command("quarantine"))
    for source, flag in records.pages.flags().items():
        yield Finding("look", "source-odd", f"Source {source!r}: {flag}", place.command("sync", "--only", source))


def journal(place: Place) -> Iterator[Finding]:
    """Is the write-ahead log of a usual size, and the clock where it was?"""
    wal = place.layout.records.with_name("records.db-wal")
    size = wal.stat().st_size if wal.exists() else 0
    if size > _WAL:
        what = (
            f"{wal} has {megabytes(size)}: a process has been reading the same moment for long, or one was killed while it wrote. "
            "Nothing is lost; it is put into records.db when nobody holds it."
        )
        path = str(place.layout.records)
        code = f"import sqlite3; sqlite3.connect({path!r}).execute('PRAGMA wal_checkpoint(TRUNCATE)')"
        yield Finding("look", "wal-large", what, shlex.join(["python3", "-c", code]))
    last, now = newest_run(place.layout.records), datetime.datetime.now(datetime.UTC)
    if last and last.tzinfo and last > now + _AHEAD:
        what = (
            f"The last run is of {last.isoformat()}, and the clock says {now.isoformat(timespec='seconds')}: one of them is wrong. What "
            "is new, and when it came, is told by these times."
        )
        yield Finding("wrong", "clock-behind", what, "sudo timedatectl set-ntp true")


def _names(run: Unfinished) -> str:
    return ", ".join(run.inputs)


def _again(place: Place, inputs: tuple[str, ...]) -> str:
    """The command whose run it was."""
    first = inputs[0] if inputs else ""
    if not first.startswith(_SOURCE):
        return place.command("ingest", *inputs)
    name = first.removeprefix(_SOURCE)
    return (
        place.command("ingest", name)
        if name.startswith(("http://", "https://"))
        else place.command("sync", "--only", name)
    )
