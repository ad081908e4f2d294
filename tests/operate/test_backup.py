"""A backup is whole or refused, and what it is restored to is what it was made of."""

import io
import json
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from assistant.desk.accounts import Accounts
from assistant.office_key import office_key
from tests.conftest import ROOT, Cli
from tests.operate.conftest import HOSTILE, change, hashes, parsed, rows
from vectorstore.archive import BackupError, _seal
from vectorstore.backup import backup
from vectorstore.embedding import Embedder
from vectorstore.restore import restore
from vectorstore.store import Store

COUNT = len(HOSTILE) + 1

WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
number = 0
while True:
    number += 1
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT OR REPLACE INTO meta VALUES ('one', ?)", (str(number),))
    database.execute("INSERT INTO runs (inputs, started, finished) VALUES (?, 'a', 'b')", ("x" * 3000,))
    database.execute("INSERT OR REPLACE INTO meta VALUES ('two', ?)", (str(number),))
    database.execute("COMMIT")
    print(number, flush=True)
"""


@pytest.fixture(scope="session")
def saved(stocked_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the stocked directory."""
    path = tmp_path_factory.mktemp("saved") / "saved.tar"
    backup(stocked_dir, path)
    return path


def test_a_backup_restored_elsewhere_is_the_same_and_answers(
    data_dir: Path, cli: Cli, tmp_path: Path, embedder: Embedder
) -> None:
    Accounts(data_dir).add("ada", "correct horse battery")
    key = office_key(data_dir, "receipts")
    made = cli("backup", tmp_path / "b.tar", "--data-dir", data_dir, "--json")
    assert made.exit_code == 0, made.output
    assert (parsed(made.stdout)["releases"], parsed(made.stdout)["files"]) == (
        COUNT, ["records.db", "staff.json", "secret.key"],
    )  # fmt: skip
    assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600
    checked = cli("backup", "--verify", tmp_path / "b.tar")
    assert checked.stdout.startswith(f"{tmp_path}/b.tar is sound: {COUNT} releases, ")
    new = tmp_path / "new"
    done = cli("restore", tmp_path / "b.tar", "--data-dir", new, "--json")
    assert (done.exit_code, parsed(done.stdout)["troubles"], parsed(done.stdout)["aside"]) == (0, {}, None)
    assert hashes(new) == hashes(data_dir)
    assert office_key(new, "receipts") == key
    assert Accounts(new).check("ada", "correct horse battery") == "ada"
    assert [stat.S_IMODE((new / name).stat().st_mode) for name in ("staff.json", "secret.key")] == [0o600, 0o600]
    with Store.own(new, embedder, "test") as store:
        store.bring_up()
        assert store.indexes.dense.name == "chroma"
        assert store.search("firearms trafficking")[0].release.id == "heinrich-firearms-trafficking"
    assert sorted(file.name for file in new.iterdir() if not file.name.startswith("records.db-")) == [
        "indexes", "owner.lock", "records.db", "secret.key", "staff.json", "writer.lock",
    ]  # fmt: skip
    assert cli("doctor", "--deep", "--data-dir", new).stdout.startswith(f"Well: {new} has {COUNT} releases")


def test_a_backup_made_while_somebody_writes_is_of_one_moment(data_dir: Path, tmp_path: Path) -> None:
    change(
        data_dir / "records.db",
        "INSERT INTO meta VALUES ('big', zeroblob(40000000))",  # so that it is copied in several steps
        "INSERT INTO meta VALUES ('one', '0')",
        "INSERT INTO meta VALUES ('two', '0')",
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(data_dir / "records.db")], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert int(writer.stdout.readline()) == 1
    before = rows(data_dir / "records.db", "SELECT value FROM meta WHERE name = 'one'")
    copied: list[list[int]] = [[], [], []]
    for number in range(3):
        backup(
            data_dir,
            tmp_path / f"{number}.tar",
            progress=lambda what, done, _, steps=copied[number]: steps.append(done) if what == "records.db" else None,  # type: ignore[misc]
        )
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert all(len(steps) > 1 and steps == sorted(steps) for steps in copied)  # none had to begin again
    found = []
    for number in range(3):
        with tarfile.open(tmp_path / f"{number}.tar") as tar:
            tar.extract("records.db", tmp_path / str(number), filter="data")
        ((one,), (two,)) = rows(
            tmp_path / str(number) / "records.db", "SELECT value FROM meta WHERE name IN ('one', 'two')"
        )
        runs = rows(tmp_path / str(number) / "records.db", "SELECT count(*) FROM runs WHERE started = 'a'")[0][0]
        assert one == two == str(runs)
        found.append(int(one))
    assert int(before[0][0]) <= found[0] < found[1] < found[2]


def test_a_backup_replaces_nothing_unasked_and_keeps_as_many_as_wanted(
    stocked_dir: Path, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "b.tar").write_text("mine")
    refused = cli("backup", tmp_path / "b.tar", "--data-dir", stocked_dir)
    assert (refused.exit_code, refused.stderr) == (
        1, f"{tmp_path}/b.tar is there already. Give another name, or --force to replace it.\n",
    )  # fmt: skip
    assert (tmp_path / "b.tar").read_text() == "mine"
    assert cli("backup", tmp_path / "b.tar", "--force", "--data-dir", stocked_dir).exit_code == 0
    folder = tmp_path / "all"
    folder.mkdir()
    for name in ("ontherecord-20200101-000000.tar", "ontherecord-20200102-000000.tar", "ontherecord-mine.tar"):
        (folder / name).touch()
    made = parsed(cli("backup", folder, "--keep", "2", "--data-dir", stocked_dir, "--json").stdout)
    assert made["removed"] == [str(folder / "ontherecord-20200101-000000.tar")]
    assert sorted(file.name for file in folder.iterdir()) == [
        "ontherecord-20200102-000000.tar", Path(made["file"]).name, "ontherecord-mine.tar",
    ]  # fmt: skip
    assert cli("backup", tmp_path / "x.tar", "--data-dir", tmp_path / "none").exit_code == 4
    nowhere = cli("backup", tmp_path / "no" / "x.tar", "--data-dir", stocked_dir)
    assert nowhere.stderr == f"{tmp_path}/no is no folder. Make it first, or give another.\n"


def test_a_backup_that_is_cut_short_or_changed_is_refused_and_nothing_is_written(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    broken = {f"cut to {size}": whole[:size] for size in (0, 100, 512, 3000, len(whole) // 2, len(whole) - 1)}
    broken["longer"] = whole + b"\0" * 512
    manifest = whole.index(b'"releases": ') + len(b'"releases": ')
    places = {
        "tar header": 3,
        "manifest": manifest,
        "program": whole.index(b'"program"') + 12,
        "record header": 2048 + 1,
    }
    places |= {f"records {place}": place for place in range(10_000, len(whole) - 20_000, len(whole) // 9)}
    for name, place in places.items():
        broken[f"flipped in {name}"] = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    path, target = tmp_path / "b.tar", tmp_path / "new"
    for name, data in broken.items():
        path.write_bytes(data)
        with pytest.raises(BackupError, match=r"Use another backup\."):
            restore(path, target)
        assert not target.exists(), name


def tar_with(path: Path, saved: Path, name: str, kind: bytes = tarfile.REGTYPE) -> Path:
    """The saved backup with a member of another name or kind, with a manifest that fits."""
    with tarfile.open(saved) as tar:
        manifest = json.loads((tar.extractfile("manifest.json") or io.BytesIO()).read())
    del manifest["seal"]
    manifest["files"] = [{"name": name, "size": 0 if kind != tarfile.REGTYPE else 3, "sha256": "0"}]
    body = json.dumps({**manifest, "seal": _seal(manifest)}).encode()
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for one, data, its in (("manifest.json", body, tarfile.REGTYPE), (name, b"abc", kind)):
            header = tarfile.TarInfo(one)
            header.type, header.size, header.linkname = its, len(data) if its == tarfile.REGTYPE else 0, "/etc/passwd"
            tar.addfile(header, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../evil", tarfile.REGTYPE), ("/evil", tarfile.REGTYPE), ("records.db", tarfile.SYMTYPE), ("records.db", tarfile.LNKTYPE),
     ("staff.json", tarfile.DIRTYPE), ("indexes/x", tarfile.REGTYPE)],
)  # fmt: skip
def test_a_backup_that_would_write_elsewhere_is_refused(saved: Path, tmp_path: Path, name: str, kind: bytes) -> None:
    with pytest.raises(
        BackupError, match=r"is no file of a data directory|is where .* should be|is not a backup of ours"
    ):
        restore(tar_with(tmp_path / "evil.tar", saved, name, kind), tmp_path / "new" / "index")
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["evil.tar"]


def test_a_restore_over_records_needs_force_and_moves_them_aside(
    data_dir: Path, saved: Path, cli: Cli, embedder: Embedder
) -> None:
    with Store.own(data_dir, embedder, "test") as store:
        store.withdraw(["short"])
        busy = cli("restore", saved, "--data-dir", data_dir, "--force")
    assert busy.exit_code == 1
    assert "is in use by `ontherecord test`" in busy.stderr
    Accounts(data_dir).add("ada", "correct horse battery")
    refused = cli("restore", saved, "--data-dir", data_dir)
    assert (refused.exit_code, refused.stderr.splitlines()) == (
        1, [f"{data_dir} has records already. Give another --data-dir, or --force to move them aside and restore here."],
    )  # fmt: skip
    assert "short" not in hashes(data_dir)
    done = cli("restore", saved, "--data-dir", data_dir, "--force", "--json")
    assert done.exit_code == 0, done.output
    aside = Path(parsed(done.stdout)["aside"])
    assert aside.parent == data_dir
    assert ("short" in hashes(data_dir), "short" in hashes(aside)) == (True, False)
    assert {file.name for file in aside.iterdir()} >= {"records.db", "indexes", "staff.json"}
    assert not (data_dir / "staff.json").exists()


def test_a_restore_that_is_killed_is_done_again_by_the_same_command(saved: Path, tmp_path: Path, cli: Cli) -> None:
    new, command = tmp_path / "new", [sys.executable, "-m", "assistant.cli", "restore", str(saved)]
    killed = subprocess.Popen([*command, "--data-dir", str(new)], cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (new / "indexes").exists() and not (new / ".restoring").exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    done = cli("restore", saved, "--data-dir", new, "--force")
    assert done.exit_code == 0, done.output
    assert len(hashes(new)) == COUNT
    assert not (new / ".restoring").exists()


def test_a_backup_of_a_later_program_is_refused_by_its_version(saved: Path, tmp_path: Path) -> None:
    with tarfile.open(saved) as tar:
        manifest = json.loads((tar.extractfile("manifest.json") or io.BytesIO()).read())
    del manifest["seal"]
    manifest |= {"schema": 99, "program": "7.0"}
    body = json.dumps({**manifest, "seal": _seal(manifest)}).encode()
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        header = tarfile.TarInfo("manifest.json")
        header.size = len(body)
        tar.addfile(header, io.BytesIO(body))
    with pytest.raises(BackupError, match=r"was made by version 7\.0 with schema 99; this program reads up to \d+"):
        restore(tmp_path / "b.tar", tmp_path / "new")


def test_damaged_records_are_not_backed_up(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / "records.db"
    size = path.stat().st_size
    with path.open("r+b") as handle:
        handle.seek(size // 2 // 4096 * 4096)
        handle.write(b"\xff" * 8192)
    with pytest.raises(
        BackupError, match=r"records\.db (is damaged|cannot be copied): .*`ontherecord doctor` says what to do"
    ):
        backup(data_dir, tmp_path / "b.tar")
    assert list(tmp_path.glob("*.tar")) == []
