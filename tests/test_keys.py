from __future__ import annotations

from pathlib import Path

import pytest

from installation.keys import KeysLost, KeysMissing, KeysUnusable, ensure_keys, key_file, load_keys
from settings import Settings

KEY = "k3y-that-is-long-enough-for-a-test-1"
OTHER = "an0ther-key-that-is-long-enough-too"


def test_a_new_directory_gets_a_key_of_its_own(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    keys = ensure_keys(settings)
    assert len(keys) == 1
    assert len(keys[0]) == 64
    assert key_file(settings).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret.keys"]


def test_the_key_stays(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert ensure_keys(settings) == ensure_keys(settings) == load_keys(settings)


def test_two_directories_have_different_keys(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(ensure_keys(Settings(data_dir=tmp_path / name)))
    assert made[0] != made[1]


def test_the_file_may_hold_older_keys_too(tmp_path: Path) -> None:
    (tmp_path / "secret.keys").write_text(f"{OTHER}\n{KEY}\n")
    assert load_keys(Settings(data_dir=tmp_path)) == (OTHER, KEY)


def test_the_variable_needs_no_file(tmp_path: Path) -> None:
    assert ensure_keys(Settings(data_dir=tmp_path, secret_keys=(KEY,))) == (KEY,)
    assert list(tmp_path.iterdir()) == []


def test_the_variable_may_add_to_the_file_and_not_drop_from_it(tmp_path: Path) -> None:
    """What was encrypted with the dropped key could not be read any more."""
    (tmp_path / "secret.keys").write_text(f"{KEY}\n")
    assert load_keys(Settings(data_dir=tmp_path, secret_keys=(OTHER, KEY))) == (OTHER, KEY)
    with pytest.raises(KeysLost, match="put it at the end") as refused:
        load_keys(Settings(data_dir=tmp_path, secret_keys=(OTHER,)))
    assert KEY not in str(refused.value)


def test_no_key_is_made_up_for_a_part_of_an_installation(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="STEADFAST_SECRET_KEYS is not set"):
        load_keys(Settings(data_dir=tmp_path))


def test_no_key_is_made_up_where_processes_were_encrypted_with_another(tmp_path: Path) -> None:
    (tmp_path / "engine.db").touch()
    with pytest.raises(KeysLost, match="put it back from a backup"):
        ensure_keys(Settings(data_dir=tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["engine.db"]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "is empty"), (b"short\n", "32 random characters"), (b"\xff\xfe\x00", "is not text")],
)
def test_a_damaged_file_is_not_replaced(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "secret.keys").write_bytes(content)
    with pytest.raises(KeysUnusable, match=says):
        ensure_keys(Settings(data_dir=tmp_path))
    assert (tmp_path / "secret.keys").read_bytes() == content


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="cannot be written"):
        ensure_keys(Settings(data_dir=tmp_path / "missing"))
