"""Five files of the indexes and their seal, damaged in six ways, however they are sealed: found before anything is answered, and healed without embedding."""

from pathlib import Path

import pytest

from benchmarks.torture.corruptions import DAMAGES, FILES, WAYS, Shelter


@pytest.fixture(scope="module", params=WAYS)
def shelter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shelter:
    return Shelter(tmp_path_factory.mktemp("corruptions"), request.param)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_found_before_anything_is_answered_and_healed(
    shelter: Shelter, file: str, damage: str
) -> None:
    found = shelter.damage(file, damage)
    index = Path(FILES[file]).parts[0]
    assert list(found.reasons) == [index]
    assert found.wrong == []


def test_sound_indexes_are_left_alone(shelter: Shelter) -> None:
    shelter.damage("our seal", "deleted")  # and healed
    parts = [*shelter.indexes.rglob("mark.json"), *shelter.indexes.rglob("*.bin")]
    before = [path.stat().st_mtime_ns for path in parts]
    assert shelter.open() == ({}, [])
    assert [path.stat().st_mtime_ns for path in parts] == before
