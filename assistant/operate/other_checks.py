"""The doctor's look at what stands beside the records: indexes, room, secrets, models."""

import os
import re
import shlex
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from assistant.desk.accounts import AccountError, Accounts
from assistant.keys.store import Keys, KeysError
from assistant.llm import chat_model
from assistant.office_key import OfficeKeyError, office_key
from assistant.operate.finding import Finding, Place, megabytes
from assistant.settings import SettingsError
from vectorstore.archive import SECRETS
from vectorstore.check import check_indexes
from vectorstore.errors import IndexUnavailableError, ModelError
from vectorstore.examine import behind, damage
from vectorstore.records import Records
from vectorstore.reranking import make_reranker

_SHIPPED = ("packaged", "none")  # rerankers that need no folder
_ROOM = 50_000_000  # bytes, for what else is written


def indexes(place: Place, records: Records, *, deep: bool) -> Iterator[Finding]:
    """Are the indexes there, sound, and level with the records? For the owner of the directory."""
    layout = place.layout
    gone = {"lexical": not layout.lexical.exists(), "chroma": layout.chroma_url is None and not layout.chroma.exists()}
    if missing := sorted(name for name, is_gone in gone.items() if is_gone):
        what = f"There is no {' and no '.join(missing)} index. It is built from the records, and nothing is embedded again."
        yield Finding("wrong", "index-missing", what, place.searched())
        return
    unsound = {name: reason for name, reason in check_indexes(layout, deep=deep).items() if reason}
    for name, reason in unsound.items():
        what = f"The {name} index is not sound: {reason}. It is built again from the records, and nothing is embedded again."
        mend = "unset ONTHERECORD_CHROMA_URL" if name == "chroma" and layout.chroma_url else place.searched()
        yield Finding("wrong", "index-unsound", what, mend)
    if unsound:
        return
    try:
        late = behind(layout, records)
    except IndexUnavailableError as error:
        yield Finding("wrong", "index-unsound", f"An index cannot be opened: {error}", place.searched())
        return
    if late:
        by = ", ".join(f"{name} by {count:,}" for name, count in late.items())
        what = f"Indexes are behind the records ({by} writes): what was stored last is not found yet."
        yield Finding("wrong", "index-behind", what, place.searched())


def room(place: Place) -> Iterator[Finding]:
    """Is there room to build the indexes again?"""
    layout = place.layout
    kept = sum(file.stat().st_size for file in layout.data_dir.glob("records.db*"))
    built = sum(file.stat().st_size for file in (layout.data_dir / "indexes").rglob("*") if file.is_file())
    need, free = max(kept, built) + _ROOM, shutil.disk_usage(layout.data_dir).free
    if free < need:
        what = (
            f"{layout.data_dir} has {megabytes(free)} free, and building the indexes again takes {megabytes(need)}. "
            "A full disk stops ingest, sync and feedback; what is stored is kept."
        )
        yield Finding("wrong", "disk-full", what, f"df -h {shlex.quote(str(layout.data_dir))}")


def secrets(place: Place) -> Iterator[Finding]:
    """Can only their owner read the secrets, and are they whole?"""
    for path in (place.settings.data_dir / name for name in SECRETS):
        if not path.exists():
            continue
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            what = f"{path} can be read by other users of this machine, and what is in it is private."
            yield Finding("wrong", "secret-open", what, f"chmod 600 {shlex.quote(str(path))}")
        if trouble := _trouble(path) if os.access(path, os.R_OK) else "this user cannot read it":
            yield Finding("wrong", "secret-damaged", f"{path}: {trouble} A backup has it.", place.restored())


def _trouble(path: Path) -> str | None:
    try:
        if path.name == "staff.json":
            Accounts(path.parent).names()
        elif path.name == "keys.json":
            Keys(path.parent).all()
        elif path.name == "secret.key":
            office_key(path.parent, "doctor")
        elif damaged := damage(path):
            return f"it is damaged ({damaged})."
    except (AccountError, KeysError, OfficeKeyError, sqlite3.Error) as error:
        return str(error)
    return None


def models(place: Place) -> Iterator[Finding]:
    """Can the language model and the reranker be had as they are set?"""
    try:
        chat_model(place.settings)
    except SettingsError as error:
        yield Finding("wrong", "language-model-missing", f"{error} Without it serve does not start.", _mend(str(error)))
    try:
        if place.settings.reranker not in _SHIPPED:
            make_reranker(place.settings.reranker)
    except ModelError as error:
        yield Finding("wrong", "reranker-missing", str(error), "unset ONTHERECORD_RERANKER")


def _mend(message: str) -> str:
    """The command in a message of `assistant/llm.py`, or the one that does without a model."""
    if match := re.search(r"\(in a clone: (pip install '[^']+')\)", message):
        return match[1]
    if match := re.search(r"needs (\w+) to be set", message):
        return f"export {match[1]}=…"
    return "unset ONTHERECORD_LLM"
