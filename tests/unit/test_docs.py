"""What the pages say of the code is so: the table of backends, and every file and test that they name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("weights/*/README.md"), *ROOT.glob("web/*.md")]
# Pages name files from the top, or from one of these.
ABOVE = [ROOT, ROOT / "talking_head", ROOT / "tests", ROOT / "web"]
TOLD = {"LOG.md", "CHANGELOG.md"}  # what was, under the names of its time
EXAMPLES = {"talking_head/x/y.py", "run/crops.npz", "run/state.npz", "other/state.npz"}


def files_of(text: str) -> set[tuple[str, str]]:
    """Files in folders that ``text`` names, each with the test in it that is named, or ""."""
    return set(re.findall(r"(?<![\w/.-])((?:[\w-]+/)+[\w-]+\.(?:py|js|toml|tsv|npz|html|css))\b(?!/)(?:::(\w+))?", text))


def exists(file: str, test: str) -> bool:
    found = [folder / file for folder in ABOVE if (folder / file).is_file()]
    return any(re.search(rf"^(async )?def {test}\b", path.read_text("utf-8"), re.MULTILINE) if test else True for path in found)


def missing(text: str) -> list[str]:
    named = sorted(files_of(text) - {(file, "") for file in EXAMPLES})
    return [f"{file}::{test}".rstrip(":") for file, test in named if not exists(file, test)]


def test_the_page_of_backends_is_up_to_date() -> None:
    command = [sys.executable, "scripts/list_backends.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in TOLD], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    assert missing(page.read_text("utf-8")) == []


def test_a_file_that_is_not_there_is_found_out() -> None:
    here = "unit/test_docs.py"
    text = f"`loop/loop.py`, `loop/lost.py`, `{here}::test_gone` and `{here}::test_a_file_that_is_not_there_is_found_out`"
    assert missing(text) == ["loop/lost.py", f"{here}::test_gone"]


def map_of_the_house() -> set[str]:
    """What the first column of CONTRIBUTING's map names."""
    rows = re.findall(r"^\| (`[^|]*`) \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    return {name for row in rows for name in row.strip("`").split()}


def test_the_map_names_every_room_and_nothing_else() -> None:
    package = ROOT / "talking_head"
    named = map_of_the_house()
    found = [name for name in named if not any((top / name).exists() for top in (ROOT, package))]
    assert found == []
    rooms = {f"{folder.name}/" for folder in package.iterdir() if (folder / "__init__.py").is_file()}
    modules = {file.name for file in package.glob("*.py")} - {"__init__.py"}
    assert (rooms | modules) - {name.removeprefix("talking_head/") for name in named} == set()
