"""Keys as the command makes them, and as a server checks them."""

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.cli import app
from assistant.keys.store import Keys, KeysError


def keys(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["keys", *words, "--data-dir", str(folder)])


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    assert keys(folder, "list").stdout == "There is no key. Make one: ontherecord keys add NAME\n"
    made = keys(folder, "add", "Letters-App")
    secret = made.stdout.removesuffix("\n")
    assert (made.exit_code, bool(re.fullmatch(r"otr_[\w-]{43}", secret))) == (0, True)
    assert made.stderr == "The key letters-app, for Authorization: Bearer …, is shown this once:\n"
    staff = keys(folder, "add", "desk", "--scope", "staff").stdout.strip()
    listed = json.loads(keys(folder, "list", "--json").stdout)
    assert [(one["name"], one["scope"], one["last"]) for one in listed] == [
        ("desk", "staff", staff[-4:]), ("letters-app", "machine", secret[-4:]),
    ]  # fmt: skip
    assert set(listed[0]) == {"name", "scope", "created", "last"}
    assert f"letters-app  machine  since {listed[1]['created'][:10]}  …{secret[-4:]}" in keys(folder, "list").stdout
    held = Keys(folder)
    assert [(key.name, key.scope) for one in (secret, staff) if (key := held.check(one))] == [
        ("letters-app", "machine"), ("desk", "staff"),
    ]  # fmt: skip
    assert keys(folder, "revoke", "LETTERS-app").stdout == "The key letters-app is revoked.\n"
    assert (held.check(secret), [key.name for key in held.all()]) == (None, ["desk"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["add", "two words"], "A name has up to 64 letters a-z"),
        (["add", "taken"], "There is a key 'taken' already. Revoke it first, or choose another name."),
        (["add", "x", "--scope", "root"], "The scope is 'root'; it can be machine or staff."),
        (["revoke", "nobody"], "There is no key 'nobody'."),
    ],
)
def test_what_cannot_be_done_says_why(tmp_path: Path, words: list[str], says: str) -> None:
    Keys(tmp_path).add("taken")
    before = Keys(tmp_path).path.read_text()
    result = keys(tmp_path, *words)
    assert (result.exit_code, result.stdout, result.stderr.startswith(says)) == (2, "", True)
    assert Keys(tmp_path).path.read_text() == before


def test_the_file_holds_no_key_and_is_its_owner_s(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    secret = held.add("app")
    assert secret.removeprefix("otr_")[:-4] not in held.path.read_text()
    assert stat.S_IMODE(held.path.stat().st_mode) == 0o600
    assert [held.check(wrong) for wrong in ("", secret[:-1], secret + "x", secret.upper(), held.all()[0].hash)] == [
        None
    ] * 5


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    for content in ("nonsense", "{}[]", '[{"name": "x"}]', "[1]", '{"a": 1}'):
        held.path.write_text(content)
        with pytest.raises(KeysError, match=r"keys.json is damaged. Remove it, and make the keys again."):
            held.check("otr_x")
        assert keys(tmp_path, "add", "app").exit_code == 2
        assert held.path.read_text() == content


def test_keys_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: Keys(tmp_path).add(f"app{number}"), range(16)))
    held = Keys(tmp_path)
    assert [key.name for secret in made if (key := held.check(secret))] == [f"app{number}" for number in range(16)]
