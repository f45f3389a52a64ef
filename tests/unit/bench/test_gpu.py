"""The GPU bench runs: its code path on a CPU, at a size that says nothing about speed."""

from __future__ import annotations

from pathlib import Path

from talking_head.bench.gpu import carried, main


def test_the_table_is_made(tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    arguments = ["--device", "cpu", "--size", "64", "--seconds", "0", "--buckets", "1", "2"]
    result = main([*arguments, "--profile", str(trace)])
    assert [(row["bucket"], row["reply_load"]) for row in result["rows"]] == [(1, False), (2, False), (1, True), (2, True)]
    assert all(row["p50_ms"] <= row["p99_ms"] and row["fps"] > 0 for row in result["rows"])
    assert trace.stat().st_size > 1000


def test_what_a_device_carries() -> None:
    common = {"precision": "float16", "stream": True, "reply_load": False}
    rows = [
        {**common, "bucket": 32, "p99_ms": 4.0},  # five of these fit into 20 ms
        {**common, "bucket": 64, "p99_ms": 9.0},  # two of these
        {**common, "bucket": 128, "p99_ms": 21.0},
    ]
    assert carried(rows)["faces"] == 160
    assert carried(rows[2:])["faces"] == 0
