"""A collection kept in step with a web site: the real crawler against a real server, into a real store."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import Unwatched
from ingest.report import Report
from ingest.sources_toml import Source
from ingest.sync import sync
from ingest.web.fetch import Fetcher
from tests.conftest import Cli, TakeIn
from tests.ingest.site import EACH, LAYOUTS, TOLD, Answer, Site, Told, running
from vectorstore.embedding import Embedder
from vectorstore.types import Release


class Keeper:
    """Syncs one site's sources into one data directory, opened and closed each time as the command does."""

    def __init__(self, take_in: TakeIn, site: Site) -> None:
        self.take_in, self.site = take_in, site
        self.sources: tuple[Source, ...] = (
            Source(name="coldfusion", kind="listing", url=f"{site.url}/public/index.cfm/press-releases", include=r"press-releases\?ID=", member="A. Senator"),
            Source(name="wordpress", kind="feed", url=f"{site.url}/feed/"),
            Source(name="modern", kind="sitemap", url=f"{site.url}/sitemap.xml"),
        )  # fmt: skip

    def __call__(self, *names: str, retry: bool = False) -> dict[str, Report]:
        wanted = [replace_recheck(one) for one in self.sources if not names or one.name in names]
        hosts = frozenset({f"localhost:{self.site.port}"})
        with self.take_in.open() as store, Fetcher("press@example.org", open_hosts=hosts, per_second=10_000) as fetcher:
            reports = sync(wanted, Path(), store, Unwatched(), fetcher, retry=retry)
        assert all(report.balances() for report in reports.values())
        return reports

    def releases(self) -> dict[str, Release]:
        with self.take_in.open() as store:
            return {one: release for one in store.records.stored() if (release := store.records.release(one))}


def replace_recheck(source: Source) -> Source:
    """All known pages are looked at again in each sync."""
    return source.model_copy(update={"recheck": 1000})


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[tuple[Keeper, dict[str, Report]]]:
    with running() as site:
        site.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/\n", kind="text/plain")
        keeper = Keeper(TakeIn(tmp_path_factory.mktemp("sync") / "index", embedder), site)
        yield keeper, keeper()


def test_the_whole_site_is_read_exactly(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, reports = synced
    assert {name: (one.found, one.new, one.quarantined, one.flags) for name, one in reports.items()} == {
        name: (EACH, EACH, [], {}) for name in TOLD
    }
    read = {(one.url, one.title, one.date, tuple(p.text for p in one.paragraphs)) for one in keeper.releases().values()}
    told = {(keeper.site.url + one.path, one.title, one.date, one.paragraphs) for some in TOLD.values() for one in some}
    assert read == told


def test_a_second_sync_asks_for_all_and_is_sent_nothing(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, _ = synced
    keeper.site.bodies()
    reports = keeper()
    assert keeper.site.bodies() == []
    assert {name: (one.unchanged, one.embedded) for name, one in reports.items()} == dict.fromkeys(TOLD, (EACH, 0))


def test_an_edited_page_is_changed_and_its_old_text_kept(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, _ = synced
    told = TOLD["modern"][5]
    mended = LAYOUTS["modern"](told).replace("begins in the spring", "begins in the autumn")
    keeper.site.page(told, mended)
    report = keeper("modern")["modern"]
    assert (report.changed, report.unchanged, report.embedded) == (1, EACH - 1, 1)
    with keeper.take_in.open() as store:
        url = keeper.site.url + told.path
        release = store.records.release(url)
        (past,) = store.records.history.of(url)
        assert release is not None
        assert "begins in the autumn" in release.paragraphs[2].text
        assert (past.why, past.release.paragraphs[2].text) == ("changed", told.paragraphs[2])
        store.bring_up()
        found = [hit.paragraph.text for hit in store.search(f"When does work on project {told.number} begin?")]
        assert not [text for text in found if text == told.paragraphs[2]]


def test_a_page_that_is_gone_twice_is_withdrawn_and_comes_back_when_it_is_back(
    synced: tuple[Keeper, dict[str, Report]],
) -> None:
    keeper, _ = synced
    told = TOLD["coldfusion"][7]
    url = keeper.site.url + told.path
    del keeper.site.answers[told.path]
    first = keeper("coldfusion")["coldfusion"]
    assert (first.withdrawn, first.unchanged, url in keeper.releases()) == (0, EACH, True)
    second = keeper("coldfusion")["coldfusion"]
    assert (second.withdrawn, second.unchanged, url in keeper.releases()) == (1, EACH - 1, False)
    keeper.site.page(told)
    listing = "/public/index.cfm/press-releases"
    keeper.site.answers[listing] = replace(
        keeper.site.answers[listing], body=keeper.site.answers[listing].body + b"<!-- -->"
    )
    for path in [path for path in keeper.site.answers if "PageNum_rs" in path]:
        keeper.site.answers[path] = replace(
            keeper.site.answers[path], body=keeper.site.answers[path].body + b"<!-- -->"
        )
    third = keeper("coldfusion")["coldfusion"]
    assert (third.new, third.embedded, url in keeper.releases()) in {(1, 0, True), (1, 3, True)}


def test_the_same_release_elsewhere_is_one_release_with_two_places(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, _ = synced
    told = TOLD["wordpress"][3]
    other = "/2019/other-senator/the-same/"
    keeper.site.answers[other] = Answer(
        LAYOUTS["wordpress"](told).replace("Senator Announces", "Senators Announce").encode()
    )
    twin = Source(name="twin", kind="page", url=keeper.site.url + other)
    keeper.sources = (*keeper.sources, twin)
    before = len(keeper.releases())
    report = keeper("twin")["twin"]
    assert (report.found, report.duplicates, report.embedded, len(keeper.releases())) == (1, 1, 0, before)
    with keeper.take_in.open() as store:
        places = store.records.pages.places(keeper.site.url + told.path)
    assert places == sorted([keeper.site.url + told.path, keeper.site.url + other])


def test_a_page_that_moves_takes_its_release_along(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, _ = synced
    told = TOLD["wordpress"][9]
    moved = "/moved/" + str(told.number)
    keeper.site.answers[moved] = keeper.site.answers[told.path]
    keeper.site.answers[told.path] = Answer(status=301, location=moved, etag=False)
    before = keeper.releases()
    report = keeper("wordpress")["wordpress"]
    after = keeper.releases()
    url = keeper.site.url + told.path
    assert (report.changed, report.embedded, len(after)) == (1, 0, len(before))
    assert (after[url].url, after[url].paragraphs) == (keeper.site.url + moved, before[url].paragraphs)


@pytest.mark.parametrize(
    ("count", "flag"),
    [
        (0, "its list is empty; nothing was withdrawn"),
        (30, "it lists 30 where it listed 70 before; nothing was withdrawn"),
    ],
)
def test_an_empty_or_halved_feed_withdraws_nothing_and_is_flagged(
    synced: tuple[Keeper, dict[str, Report]], count: int, flag: str
) -> None:
    keeper, _ = synced
    before = keeper.releases()
    whole = keeper.site.answers["/feed/"]
    keeper.site.list_wordpress(TOLD["wordpress"][:count])
    report = keeper("wordpress")["wordpress"]
    keeper.site.answers["/feed/"] = whole
    assert (report.flags, report.withdrawn, keeper.releases()) == ({"wordpress": flag}, 0, before)
    assert keeper("wordpress")["wordpress"].flags == {}


def test_what_cannot_be_read_is_set_aside_and_read_when_it_can_be(synced: tuple[Keeper, dict[str, Report]]) -> None:
    keeper, _ = synced
    site = keeper.site
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.1)
        secret = f"http://127.0.0.1:{inside.getsockname()[1]}/secret"
        traps = {
            "/trap/500": Answer(b"no", 500, etag=False),
            "/trap/empty": Answer(b"<html><body></body></html>"),
            "/trap/pdf": Answer(b"%PDF-1.4", kind="application/pdf"),
            "/private/draft": Answer(LAYOUTS["modern"](Told(900, "modern")).encode()),
            "/trap/inside": Answer(status=302, location=secret, etag=False),
            "/trap/file": Answer(status=302, location="file:///etc/passwd", etag=False),
            "/trap/round": Answer(status=302, location="/trap/round", etag=False),
            "/trap/good": Answer(LAYOUTS["wordpress"](Told(901, "wordpress")).encode()),
        }
        site.answers.update(traps)
        urls = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in traps)
        site.answers["/traps.xml"] = Answer(
            f"<urlset>{urls}<url><loc>{secret}</loc></url></urlset>".encode(), kind="text/xml"
        )
        keeper.sources = (*keeper.sources, Source(name="traps", kind="sitemap", url=f"{site.url}/traps.xml"))
        report = keeper("traps")["traps"]
        with pytest.raises(TimeoutError):
            inside.accept()
    assert (report.found, report.new) == (9, 1)
    assert {item.removeprefix(site.url) for item, _ in report.quarantined} == {*traps, secret} - {"/trap/good"}
    assert all(reason and "Traceback" not in reason for _, reason in report.quarantined)
    site.answers["/trap/empty"] = Answer(LAYOUTS["wordpress"](Told(902, "wordpress")).encode())
    again = keeper("traps", retry=True)["traps"]
    assert (again.found, again.new, len(again.quarantined)) == (8, 1, 7)


def test_a_sync_that_is_cut_short_goes_on_where_it_was(take_in: TakeIn) -> None:
    class Enough(Exception):
        pass

    class Stopping(Unwatched):
        def __init__(self) -> None:
            self.left = 50

        def read(self, items: int) -> None:
            self.left -= items
            if not self.left:
                raise Enough

    with running() as site:
        keeper = Keeper(take_in, site)
        hosts = frozenset({f"localhost:{site.port}"})
        with (
            take_in.open() as store,
            Fetcher("press@example.org", open_hosts=hosts, per_second=10_000) as fetcher,
            pytest.raises(Enough),
        ):
            sync([keeper.sources[2]], Path(), store, Stopping(), fetcher)
        del site.answers["/sitemap-2.xml"]  # what was listed is known, though the list is not to be had now
        site.bodies()
        report = keeper("modern")["modern"]
        assert len(keeper.releases()) == EACH
        assert report.found == EACH


def test_the_command(tmp_path: Path, cli: Cli) -> None:
    with running() as site:
        told = TOLD["wordpress"][0]
        (tmp_path / "sources.toml").write_text(
            f'contact = "press@example.org"\nopen_hosts = ["localhost:{site.port}"]\n'
            f'[[source]]\nname = "one"\nkind = "page"\nurl = "{site.url}{told.path}"\n'
            f'[[source]]\nname = "lost"\nkind = "page"\nurl = "{site.url}/nowhere"\n'
            '[[source]]\nname = "folder"\nkind = "files"\npath = "files"\n'
        )
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "a.txt").write_text("A Title\n\nThe office opened a mill in Chama in 2012.\n")
        done = cli("sync", "--data-dir", tmp_path / "index")
        assert done.exit_code == 5
        assert done.stdout.startswith("one\n  found 1 = new 1 + changed 0 + unchanged 0 + set aside 0\n")
        assert f"  {site.url}/nowhere: it is not there (HTTP 404)" in done.stdout
        again = json.loads(cli("sync", "--only", "one", "--json", "--data-dir", tmp_path / "index").stdout)
        assert (again["one"]["found"], again["one"]["unchanged"], again["one"]["embedded"]) == (1, 1, 0)
        listed = cli("quarantine", "--data-dir", tmp_path / "index")
        assert listed.stdout.startswith(f"1. {site.url}/nowhere: it is not there (HTTP 404) (since ")
        gone = cli("withdraw", site.url + told.path, "--data-dir", tmp_path / "index")
        assert (gone.exit_code, gone.stdout) == (0, "withdrawn: 1\n")
        answer = cli("ask", f"What will the {told.thing} in {told.town} serve?", "--data-dir", tmp_path / "index")
        assert answer.exit_code == 3


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "source: field required"),
        ("contact = ", "is not TOML"),
        ('[[source]]\nname = "a"\nkind = "feed"\nurl = "https://example.org/f"', "contact is missing"),
        ('contact = "a"\n[[source]]\nname = "a"\nkind = "fed"\nurl = "https://example.org/f"', "source 'a': kind:"),
        ('contact = "a"\n[[source]]\nname = "a"\nkind = "feed"\nurl = "ftp://example.org"', "must begin with http://"),
        ('contact = "a"\n[[source]]\nname = "a"\nkind = "feed"\npath = "x"', "needs 'url'"),
        ('contact = "a"\n[[source]]\nname = "a"\nkind = "feed"\nurl = "https://e.org"\nincldue = "x"', "'incldue' is not known"),
        ('contact = "a"\n[[source]]\nname = "a"\nkind = "listing"\nurl = "https://e.org"\ninclude = "("', "no regular expression"),
    ],
)  # fmt: skip
def test_a_sources_file_that_is_wrong(tmp_path: Path, cli: Cli, text: str, wrong: str) -> None:
    (tmp_path / "sources.toml").write_text(text)
    done = cli("sync", "--data-dir", tmp_path / "index")
    assert done.exit_code == 2
    assert wrong in done.stderr
