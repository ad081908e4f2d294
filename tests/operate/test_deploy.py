"""What an office runs the program with: every part of it that can be checked without Docker and without systemd as the init."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.core import TyperGroup
from typer.exceptions import TyperException

from assistant.cli import app
from assistant.settings import Settings
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAM = "/opt/ontherecord/bin/ontherecord"


def accepts(words: list[str]) -> None:
    """The command line takes these words; they are not run."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    with group.commands[words[0]].make_context(words[0], words[1:]):
        pass


def settings_in(text: str) -> set[str]:
    return {name.lower() for name in re.findall(r"\bONTHERECORD_([A-Z_]+)", text)} - {"config"}


def test_a_command_that_is_none_of_ours_would_be_found() -> None:
    for words in (["serve", "--nonsense"], ["backup"], ["backup", "/x", "--keep", "-1"]):
        with pytest.raises(TyperException):
            accepts(words)


@pytest.mark.parametrize(
    "file", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    assert settings_in(file.read_text("utf-8")) <= set(Settings.model_fields)


def test_the_image_is_built_of_what_is_there_and_runs_what_we_have() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    steps = [
        (line.split()[0], line.partition(" ")[2].strip())
        for line in text.splitlines()
        if line and not line.startswith(("#", " "))
    ]
    stages = [words.partition(" AS ")[2] for name, words in steps if name == "FROM"]
    assert stages == ["build", ""]
    copied = [words.split()[:-1] for name, words in steps if name == "COPY" and not words.startswith("--from=build")]
    sources = {source for some in copied for source in some}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert sources == {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    packages = re.search(r"^packages = \[(.*)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert packages is not None
    assert {name.split(".")[0] for name in re.findall(r'"([\w.]+)"', packages[1])} <= sources
    last = dict(steps)
    assert last["USER"] == "10001:10001"
    assert last["ENTRYPOINT"] == '["ontherecord"]'
    accepts(yaml.safe_load(last["CMD"]))
    (health,) = re.findall(r"CMD (\[.*\])", last["HEALTHCHECK"])
    python, option, code = yaml.safe_load(health)
    assert (python, option) == ("python", "-c")
    compile(code, "HEALTHCHECK", "exec")
    assert all("--no-deps" in words for name, words in steps if name == "RUN" and "pip install" in words)


def test_the_check_of_the_image_fails_where_nothing_answers() -> None:
    (health, _) = re.findall(r"CMD (\[.*\])\n", (DEPLOY / "Dockerfile").read_text("utf-8"))
    code = yaml.safe_load(health)[2].replace("7860", "9")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 1


def test_the_services_refer_to_what_is_there() -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert set(compose["services"]) == {"ontherecord", "backup", "chroma", "prometheus"}
    for name, service in compose["services"].items():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("."):
                made = {"./backups", "./metrics.key"}  # by whoever runs it, as the comments say
                assert source in made or (DEPLOY / source).exists(), source
            else:
                assert source in compose["volumes"], source
        if service["image"] == "on-the-record":
            accepts(service["command"])
            assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"]), name  # noqa: S108
    build = compose["services"]["ontherecord"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    locked = re.search(r"^chromadb==(.*)$", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert locked is not None
    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{locked[1]}"
    metrics: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus.yml").read_text("utf-8"))
    (job,) = metrics["scrape_configs"]
    host, _, port = job["static_configs"][0]["targets"][0].partition(":")
    assert host in compose["services"]
    assert port == "7860" == str(Settings.model_fields["port"].default)
    assert any(
        job["authorization"]["credentials_file"] in volume for volume in compose["services"]["prometheus"]["volumes"]
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_we_have_and_may_do_little_else(unit: Path) -> None:
    lines = [
        line.partition("=")[::2] for line in unit.read_text("utf-8").splitlines() if "=" in line and line[0] != "#"
    ]
    (command,) = [shlex.split(value) for name, value in lines if name == "ExecStart"]
    assert command[0] == PROGRAM
    accepts(command[1:])
    assert {("NoNewPrivileges", "yes"), ("ProtectSystem", "strict"), ("User", "ontherecord")} <= set(lines)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_takes_the_units_and_finds_them_shut(tmp_path: Path) -> None:
    for file in (DEPLOY / "systemd").iterdir():
        (tmp_path / file.name).write_text(file.read_text("utf-8").replace(PROGRAM, sys.executable), "utf-8")
    names = [str(path) for path in sorted(tmp_path.iterdir())]
    assert len(names) == 5
    done = subprocess.run(
        ["/usr/bin/systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    for name in names:
        if name.endswith(".service"):
            command = ["/usr/bin/systemd-analyze", "security", "--offline=yes", "--threshold=25", name]
            judged = subprocess.run(command, capture_output=True, text=True, check=False)
            assert judged.returncode == 0, judged.stdout[-200:]


def test_what_lies_in_a_data_directory_is_kept_by_a_backup_or_can_be_made_again() -> None:
    from vectorstore.archive import DATABASES, FILES

    again = {"indexes", "owner.lock", "owner.json", "keys.lock"}
    named = {
        name
        for folder in ("assistant", "vectorstore")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'\bdata_dir / "([\w.-]+)"', path.read_text("utf-8"))
    }
    assert named - again <= {*DATABASES, *FILES}
    assert named >= {"staff.json", "keys.json", "records.db", "model-usage.json"}
