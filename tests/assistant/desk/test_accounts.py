"""Accounts, as the command makes them, and sessions."""

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.desk.accounts import AccountError, Accounts
from assistant.desk.sessions import FROM_ANYWHERE, IDLE, SLOW, TRIES, WAIT, Sessions
from tests.conftest import ROOT

GOOD = "twelve letters"


def staff(folder: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["staff", *words, "--data-dir", str(folder)], input=typed)


def test_accounts_are_added_listed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    assert staff(folder, "list").stdout.startswith("There is no account, and so no desk.")
    assert staff(folder, "add", "Ada", typed=f"{GOOD}\n").stdout == "ada may sign in at /desk.\n"
    staff(folder, "add", "bo", typed=f"{GOOD}\n")
    assert json.loads(staff(folder, "list", "--json").stdout) == ["ada", "bo"]
    accounts = Accounts(folder)
    assert (accounts.check("ADA ", GOOD), accounts.check("ada", GOOD + "!"), accounts.check("cy", GOOD)) == (
        "ada", None, None,
    )  # fmt: skip
    assert staff(folder, "remove", "ada").exit_code == 0
    assert (accounts.check("ada", GOOD), accounts.names()) == (None, ["bo"])
    gone = staff(folder, "remove", "ada")
    assert (gone.exit_code, gone.stderr) == (2, "There is no account 'ada'.\n")


def test_the_file_holds_no_password_and_is_its_owner_s(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("ada", GOOD)
    accounts.add("bo", GOOD)
    held = json.loads(accounts.path.read_text())
    assert held["ada"]["hash"] != held["bo"]["hash"]
    assert (GOOD in accounts.path.read_text(), stat.S_IMODE(accounts.path.stat().st_mode)) == (False, 0o600)
    before = accounts.stamp("ada")
    accounts.add("ada", "another password")
    assert accounts.stamp("ada") not in (None, before)
    assert accounts.stamp("nobody") is None


def test_what_is_not_fit_is_refused(tmp_path: Path) -> None:
    short = staff(tmp_path, "add", "ada", typed="elevenchars\n")
    assert (short.exit_code, short.stderr) == (2, "A password has at least 12 characters; this one has 11.\n")
    assert staff(tmp_path, "add", "a b", typed=f"{GOOD}\n").exit_code == 2
    assert Accounts(tmp_path).names() == []


def test_letters_are_the_same_however_they_are_composed(tmp_path: Path) -> None:
    Accounts(tmp_path).add("ada", "caf\u00e9 caf\u00e9 caf\u00e9")
    assert Accounts(tmp_path).check("ada", "cafe\u0301 cafe\u0301 cafe\u0301") == "ada"


@pytest.mark.parametrize(
    "text", ["", "[]", '{"ada": {}}', '{"ada": {"n": 2, "r": 1, "p": 1, "salt": "x", "hash": "y"}}']
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / "staff.json").write_text(text)
    with pytest.raises(AccountError, match="is damaged"):
        Accounts(tmp_path).check("ada", GOOD)
    listed = staff(tmp_path, "list")
    assert (listed.exit_code, "is damaged" in listed.stderr) == (1, True)


@pytest.mark.parametrize(("again", "status", "names"), [(GOOD, 0, ["ada"]), ("something else", 2, [])])
def test_a_terminal_is_asked_twice(tmp_path: Path, again: str, status: int, names: list[str]) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "assistant.cli", "staff", "add", "ada", "--data-dir", str(tmp_path)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    shown = b""
    for prompt, answer in ((b"Password: ", GOOD), (b"Again: ", again)):
        while prompt not in shown:
            shown += os.read(ours, 1000)
        os.write(ours, f"{answer}\n".encode())
    process.communicate(timeout=30)
    os.close(theirs)
    os.close(ours)
    assert (process.returncode, Accounts(tmp_path).names()) == (status, names)
    assert GOOD.encode() not in shown


def test_a_session_ends_when_nothing_is_done_in_it() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    token = sessions.begin("ada", "stamp")
    now[0] = IDLE
    assert sessions.get(token) is not None
    now[0] += IDLE + 1
    assert sessions.get(token) is None
    other = sessions.begin("ada", "stamp")
    sessions.end(other)
    assert (sessions.get(other), sessions.get("")) == (None, None)


def test_too_many_wrong_passwords_have_to_wait_where_they_came_from() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    left = []
    for second in range(TRIES):
        now[0] = float(second)
        assert sessions.wait("ada", "here") == 0
        left.append(sessions.note_wrong("ada", "here"))
    assert left == list(range(TRIES - 1, -1, -1))
    assert (sessions.wait("ada", "here"), sessions.wait("ada", "there"), sessions.wait("bo", "here")) == (
        WAIT - TRIES + 1, 0, 0,
    )  # fmt: skip
    now[0] = WAIT
    assert sessions.wait("ada", "here") == 0  # the first of them is long enough ago
    assert sessions.note_wrong("ada", "here") == 0


def test_guesses_from_everywhere_slow_a_name_down_and_not_where_it_has_signed_in_from() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    sessions.begin("ada", "stamp", "office")
    for number in range(FROM_ANYWHERE):
        assert sessions.wait("ada", f"address {number}") == 0
        sessions.note_wrong("ada", f"address {number}")
    assert (sessions.wait("ada", "on the road"), sessions.wait("ada", "office"), sessions.wait("bo", "home")) == (
        SLOW, 0, 0,
    )  # fmt: skip
    now[0] = SLOW
    assert sessions.wait("ada", "on the road") == 0
    sessions.note_wrong("ada", "address 1")
    assert sessions.wait("ada", "on the road") == SLOW


def test_who_signs_in_has_all_tries_again() -> None:
    sessions = Sessions(lambda: 0.0)
    sessions.note_wrong("ada", "here")
    sessions.begin("ada", "stamp", "here")
    assert sessions.note_wrong("ada", "here") == TRIES - 1
