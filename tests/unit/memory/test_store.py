"""What is kept stays with its visitor and presenter, is bounded, and is gone when it is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from talking_head.errors import InputError
from talking_head.memory.store import MemoryStore, new_token, visitor_id
from talking_head.types import Fact

DAY = 86_400.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> MemoryStore:
    return MemoryStore(tmp_path / "memory.sqlite", items=3, visitors=2, days=10, now=clock)


def kept(store: MemoryStore, visitor: str, presenter: str = "clara") -> list[tuple[str, str]]:
    return [(fact.kind, fact.value) for _, fact in store.facts(visitor, presenter)]


def test_a_token_opens_only_its_own_memory_and_only_with_its_key() -> None:
    token = new_token()
    assert visitor_id(token, "shop") != visitor_id(token, "museum") != visitor_id(new_token(), "museum")
    assert token not in visitor_id(token)
    for bad in ("", "short", token + "x", "é" * 43, "../" + token[3:]):
        with pytest.raises(InputError):
            visitor_id(bad)


def test_kept_by_visitor_and_presenter(store: MemoryStore) -> None:
    store.meet("a")
    store.meet("b")
    store.keep("a", "clara", Fact("likes", "tea"))
    store.keep("a", "clara", Fact("name", "Ann"))
    store.keep("a", "clara", Fact("name", "Anna"))  # takes the place of the old name
    store.keep("a", "david", Fact("likes", "tents"))
    assert kept(store, "a") == [("name", "Anna"), ("likes", "tea")]
    assert kept(store, "b") == []
    assert store.presenters("a") == ["clara", "david"]
    with pytest.raises(InputError, match="allowed"):
        store.keep("nobody", "clara", Fact("likes", "tea"))


def test_changed_and_deleted_only_by_its_visitor(store: MemoryStore) -> None:
    store.meet("a")
    store.meet("b")
    number = store.keep("a", "clara", Fact("likes", "tea"))
    assert not store.change("b", number, Fact("likes", "coffee"))
    assert not store.drop("b", number)
    assert store.kind_of("b", number) == ""
    assert store.change("a", number, Fact("likes", "coffee"))
    assert kept(store, "a") == [("likes", "coffee")]
    assert store.drop("a", number)
    assert not store.drop("a", number)
    store.keep("a", "clara", Fact("likes", "tea"))
    store.forget("a", "clara")
    assert store.knows("a")
    assert kept(store, "a") == []
    store.forget("a")
    assert not store.knows("a")


def test_bounded_in_items_visitors_and_time(store: MemoryStore, clock: Clock) -> None:
    store.meet("a")
    for word in ("tea", "cake", "rain"):
        store.keep("a", "clara", Fact("likes", word))
    store.keep("a", "clara", Fact("likes", "tea"))  # again: no fourth
    with pytest.raises(InputError, match="at most 3"):
        store.keep("a", "clara", Fact("likes", "snow"))
    store.meet("b")
    store.meet("c")  # a third visitor: whoever was away longest is forgotten
    assert [store.knows(who) for who in "abc"] == [False, True, True]
    assert kept(store, "a") == []
    clock.now += 11 * DAY
    assert not store.knows("b")


def test_what_is_deleted_is_not_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite"
    store = MemoryStore(file, items=3, visitors=2, days=10)
    store.meet("a")
    store.keep("a", "clara", Fact("likes", "marzipan"))
    assert file.stat().st_mode & 0o077 == 0
    store.forget("a")
    store.close()
    assert b"marzipan" not in file.read_bytes()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(InputError, match=r"memory\.sqlite"):
        MemoryStore(tmp_path / "memory.sqlite", items=3, visitors=2, days=10)
