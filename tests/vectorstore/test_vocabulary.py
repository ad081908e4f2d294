"""The words of what is indexed, for an assistant that was put together before they were."""

import shutil
from pathlib import Path

from assistant.build import build_assistant
from assistant.settings import Settings
from ingest.pipeline import Unwatched, ingest
from tests.conftest import SAMPLE, TakeIn, write_jsonl

AUTHORITY: dict[str, object] = {
    "id": "bridge",
    "title": "A bridge at Quemado",
    "text": "The Quemado Bridge Authority (QBA) paid for the Quemado bridge.",
}


def test_an_assistant_learns_the_words_of_an_index_that_is_opened_after_it(take_in: TakeIn) -> None:
    take_in(SAMPLE)
    with take_in.open() as store:
        assistant = build_assistant(store, Settings(data_dir=take_in.data_dir))
        store.bring_up()
        query = assistant.ask("who is behind gun traficking?").query
    assert (query.wanted, query.notes) == (
        "who is behind gun trafficking?",
        ("“traficking” was read as “trafficking”.",),
    )


def test_an_assistant_learns_the_words_of_an_index_that_is_made_anew_while_it_answers(
    take_in: TakeIn, tmp_path: Path
) -> None:
    take_in(SAMPLE)
    with take_in.open() as store:
        store.bring_up()
        assistant = build_assistant(store, Settings(data_dir=take_in.data_dir))
        before = assistant.ask("Did the QBA pay for Quemadp?").query
        shutil.rmtree(take_in.data_dir / "indexes" / "lexical")
        ingest([str(write_jsonl(tmp_path / "a.jsonl", [AUTHORITY]))], store, Unwatched())
        store.bring_up()
        after = assistant.ask("Did the QBA pay for Quemadp?").query
    assert (before.wanted, before.notes) == ("Did the QBA pay for Quemadp?", ())
    assert (after.wanted, after.notes) == (
        "Did the QBA pay for Quemado? (Quemado Bridge Authority)",
        ("“Quemadp” was read as “Quemado”.",),
    )
