"""Imports point one way, by folder; ``CONTRIBUTING.md`` draws the map.

A stage may use the face's geometry and portrait, as everybody does, but never another stage's backends.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGE = ROOT / "talking_head"
UNIT = ROOT / "tests" / "unit"
STAGES = {"reply", "speech", "listen", "motion", "face", "animator"}
BASE = {"root", "text", "audio", "media_files", "models", "system", "provenance"}
SERVING = {
    *BASE,
    *STAGES,
    "jobs",
    "persona",
    "knowledge",
    "tools",
    "memory",
    "loop",
    "session",
    "webrtc",
    "studio",
    "film",
    "server",
    "gradio_ui",
}
# Folder → folders that it may import, beside itself. "root" are the modules directly in talking_head/.
BELOW = {
    "root": set[str](),
    "text": {"root"},
    "audio": {"root"},
    "media_files": {"root", "audio", "system"},
    "models": {"root"},
    "provenance": {"root", "audio", "media_files"},
    "system": {"root"},
    **dict.fromkeys(STAGES, BASE),
    "persona": {"root"},
    "knowledge": {"root", "text", "models", "system"},  # documents that unfold are read in a process of their own
    "tools": {"root", "text", "system", "knowledge"},
    "memory": {"root", "text", "persona", "system"},
    "jobs": {"root", "system"},
    "loop": BASE,
    "session": {*BASE, "loop"},
    "webrtc": {*BASE, "loop", "session"},
    "studio": {*BASE, "persona"},
    "server": {*BASE, "jobs", "film", "persona", "knowledge", "tools", "memory", "loop", "session", "webrtc", "studio"},
    "film": {*BASE, "jobs", "loop"},
    "gradio_ui": {*BASE, "loop", "session", "server", "film"},
    "train": {*BASE, *STAGES, "jobs", "knowledge", "evaluate"},  # the two are one layer: a twin is measured when it is trained
    "evaluate": {*SERVING, "train"},
    "bench": {*SERVING, "evaluate"},
    "cli": {*SERVING, "train", "evaluate", "bench"},
}
# Not a backend: the shared geometry, types and pictures of the face, and what is measured on landmarks.
SHARED = {f"talking_head.face.{name}" for name in ("space", "portrait", "photo", "fill", "lips", "neutral", "teeth")}
SHARED |= {"talking_head.face.backdrop", "talking_head.face.landmarks.ibug"}
SHARED |= {"talking_head.motion.measures", "talking_head.listen.presence", "talking_head.listen.pauses"}
# Whose turn it is, what was said so far, whether the presenter gives way: decisions without a model, made by a session.
SHARED |= {f"talking_head.listen.{name}" for name in ("ear", "echo", "turns", "draft", "barge_in")}
SHARED |= {f"talking_head.listen.tone.{name}" for name in ("prosody", "subdued")}
# The lists of voices and of recognisers are data; what they make comes through the registry.
SHARED |= {"talking_head.speech.voices", "talking_head.listen.recognizers"}
# Avatars are data, not a backend: who shows them, keeps them or looks for their twin may read them.
AVATARS = {f"talking_head.face.{name}" for name in ("avatars", "build", "matte")}
# What a second photo gives to an avatar: data as well, made once, whichever animator draws it.
LENT = {"talking_head.animator.mouth.personal_teeth", "talking_head.animator.refiner.twins"}
# What the root may use of the system: modules that need nothing of ours.
LEAVES = {f"talking_head.system.{name}" for name in ("network", "telemetry")}
# Where the server and its pages are put together.
COMPOSES = {"talking_head.server.run": {"gradio_ui"}}

# What remote backends share: they are synchronous outside, and cancel their requests on an event loop of their own.
WAITS_FOR_THE_NETWORK = {
    "talking_head.system.network",
    "talking_head.system.blocking_iterator",
    "talking_head.system.http_endpoint",
}
LOOKS_AT_THE_EVENT_LOOP = {"talking_head.system.event_loop"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in BELOW else "root"


def imports(tree: ast.AST, here: str) -> set[str]:
    """Modules of this package that ``tree`` imports anywhere, also inside functions."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{here}: write absolute imports"
            base = node.module or ""
            for alias in node.names:
                inner = PACKAGE.parent / Path(*base.split("."), alias.name)
                found.add(f"{base}.{alias.name}" if inner.with_suffix(".py").is_file() or inner.is_dir() else base)
    return {name for name in found if name.split(".")[0] == "talking_head"}


def dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("file", modules(), ids=dotted)
def test_imports_point_one_way(file: Path) -> None:
    here = dotted(file)
    own = layer(here)
    for target in imports(ast.parse(file.read_text(encoding="utf-8")), here):
        other = layer(target)
        allowed = (
            other == own
            or other in BELOW[own]
            or target in SHARED
            or (target in AVATARS and own in {"server", "gradio_ui", "animator", "studio", "film"})
            or (target in LENT and own in {"server", "studio"})
            or (target in LEAVES and own == "root")
            or other in COMPOSES.get(here, set())
            or (target == "talking_head.face.portrait" and here == "talking_head.protocols")
        )
        assert allowed, f"{here} imports {target}: {own} may not use {other}"


def test_asyncio_lives_in_session_and_above() -> None:
    for file in modules():
        names = {a.name for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Import) for a in n.names}
        if "asyncio" in names and dotted(file) not in WAITS_FOR_THE_NETWORK | LOOKS_AT_THE_EVENT_LOOP:
            assert layer(dotted(file)) in {"session", "webrtc", "server", "gradio_ui", "evaluate", "bench"}, (
                f"{file} uses asyncio"
            )


def test_the_rule_can_fail() -> None:
    tree = ast.parse("def f():\n    from talking_head.speech import piper\n    import talking_head.cli.main")
    assert imports(tree, "x") == {"talking_head.speech.piper", "talking_head.cli.main"}
    assert layer("talking_head.speech.piper") not in BELOW["motion"]


def test_the_command_line_starts_without_heavy_packages() -> None:
    import subprocess
    import sys

    heavy = ("torch", "cv2", "mediapipe", "gradio", "transformers", "onnxruntime", "openvino", "ctranslate2", "av")
    code = f"import sys, talking_head.cli.main; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.models
def test_serving_with_the_defaults_imports_no_torch() -> None:
    import subprocess
    import sys

    code = """
import sys
from talking_head import config, registry
import talking_head.server.app, talking_head.gradio_ui.page
defaults = config.load(None)
for stage in ("reply", "landmarks", "motion", "animator"):
    registry.configured(defaults, stage)
from talking_head.speech.voices import Voices
voices = Voices(defaults)
for name in ("hibari-heart", "joe"):
    voices.load(voices.find(name))
print([name for name in ("torch", "matplotlib", "gradio") if name in sys.modules])
"""
    # Where the processor cannot run the calibrated graph, the animator needs torch: no reason to fail here.
    from talking_head.animator.refiner.runtimes import candidates
    from talking_head.models import manifest

    if candidates(manifest.path("animator-cpu"))[0] != "openvino int8":
        pytest.skip("this processor does not run the calibrated graph")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_serve_py_is_thin() -> None:
    assert len((ROOT / "serve.py").read_text().splitlines()) <= 40


def test_no_file_is_too_long() -> None:
    files = [file for top in ("talking_head", "tests", "scripts") for file in (ROOT / top).rglob("*.py")]
    assert [str(file.relative_to(ROOT)) for file in files if len(file.read_text(encoding="utf-8").splitlines()) > 400] == []


PRIVATE = re.compile(r"_[a-z]\w*")


def reads_of_privates(tree: ast.AST) -> set[str]:
    """Privates of other files that ruff's SLF does not see: imported, or patched by a string."""
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("talking_head", "tests")):
            found |= {alias.name for alias in node.names if PRIVATE.fullmatch(alias.name)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and len(node.args) >= 2:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            name = node.args[1]
            if called in {"setattr", "getattr"} and isinstance(name, ast.Constant) and PRIVATE.fullmatch(str(name.value)):
                found.add(str(name.value))
    return found


OUTSIDE = {"_remote_max_message_size", "_register_atexit"}  # of aiortc, and of Python's threading


def test_nobody_imports_or_patches_another_files_privates() -> None:
    files = [file for top in ("talking_head", "tests", "scripts") for file in (ROOT / top).rglob("*.py")]
    found = {relative(file): reads_of_privates(ast.parse(file.read_text(encoding="utf-8"))) - OUTSIDE for file in files}
    assert {file: names for file, names in found.items() if names} == {}
    bad = ast.parse("from tests.a import _b\nsetattr(x, '_c', 1)\nm.setattr(x, '_d', 1)")
    assert reads_of_privates(bad) == {"_b", "_c", "_d"}


def folders(top: Path) -> list[Path]:
    return sorted({file.parent for file in top.rglob("*.py")})


def relative(folder: Path) -> str:
    return str(folder.relative_to(ROOT))


def rooms() -> list[Path]:
    """The folders of the package, its tests, its scripts and its pages."""
    tops = [PACKAGE, ROOT / "tests", ROOT / "scripts", ROOT / "web"]
    return sorted({file.parent for top in tops for file in top.rglob("*") if file.suffix in (".py", ".js", ".css", ".html")})


@pytest.mark.parametrize("folder", rooms(), ids=relative)
def test_no_folder_holds_more_than_fourteen_files(folder: Path) -> None:
    names = sorted(file.name for file in folder.iterdir() if file.is_file() and file.name != "__init__.py")
    assert len(names) <= 14, f"{relative(folder)} holds {len(names)}: what belongs together gets a folder"


@pytest.mark.parametrize("folder", folders(PACKAGE), ids=relative)
def test_every_folder_says_what_it_is_for(folder: Path) -> None:
    assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("folder", folders(UNIT), ids=relative)
def test_unit_tests_lie_as_the_package_does(folder: Path) -> None:
    assert (PACKAGE / folder.relative_to(UNIT)).is_dir(), f"{relative(folder)}: the package has no such folder"
    assert (folder / "__init__.py").is_file(), f"{relative(folder)}: without it, two test files of one name are one module"


def test_no_room_is_without_tests() -> None:
    """A room's tests are its unit tests; ``session`` has its own suite, ``gradio_ui`` is tested there and in the browser."""
    rooms = {folder.relative_to(PACKAGE).parts[0] for folder in folders(PACKAGE) if folder != PACKAGE}
    tested = {folder.relative_to(UNIT).parts[0] for folder in folders(UNIT) if any(folder.glob("test_*.py")) and folder != UNIT}
    assert rooms - tested <= {"session", "gradio_ui"}
