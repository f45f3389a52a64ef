"""Who is held out of a training: clips, whole people, and the list in the repository."""

from __future__ import annotations

from talking_head.train.heldout import HeldOut, held_out


def test_whole_people_are_held_out_of_a_crowd() -> None:
    empty = HeldOut(frozenset(), frozenset(), frozenset(), {}, frozenset())
    clips = [(f"p{person}/c{clip}", f"p{person}") for person in range(5) for clip in range(9)]
    split = empty.with_split(clips)
    uses = {name: split.use(name) for name, _ in clips}
    assert {name for name, use in uses.items() if use == "unseen"} == {f"p4/c{clip}" for clip in range(9)}
    assert sum(use == "known" for use in uses.values()) == 4


def test_the_committed_list_is_large_enough() -> None:
    held = held_out()
    assert sum(name.startswith("s1/") for name in held.known) >= 60
    assert sum(name.startswith("s4hd/") for name in held.known) >= 6
    assert len(held.unseen) >= 3
    assert held.use("s1/bbaf2n") == "train"
    assert held.test_use("elsewhere/film") == "unseen"


def test_a_folder_of_many_people_is_not_one_person() -> None:
    held = held_out()
    assert held.person("grid/s1/bbac1s", "grid/s1") == "grid/s1"
    assert held.person("grid/mixed/GRID_sbia1a", "grid/mixed") == "grid/mixed/GRID_sbia1a"
    assert held.person("grid/mixed/GRID_swiz3n", "grid/mixed") == "grid/s26"
    assert held.person("mixed/GRID_swiz3n", "mixed") == "s26"
    assert held.person("elsewhere/film", "elsewhere") == "elsewhere"
