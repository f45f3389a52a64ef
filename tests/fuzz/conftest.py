"""The fuzz suite has a budget of seconds: ``--fuzz-seconds``. Without it the examples are the same each time, so that a change
is judged by what it changed; with it they are others, which is how holes are found."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from hypothesis import settings

from talking_head.config import Config
from talking_head.knowledge.library import Library
from talking_head.server.app import create_app
from talking_head.server.container import AppContainer
from tests.fuzz.served import Served
from tests.session import fakes
from tests.unit.knowledge.bags import Bags
from tests.unit.studio.makers import Stored, kept

BUDGET_S = 100.0  # all tests together; CI keeps to three minutes


@pytest.fixture(scope="session")
def budget_s(pytestconfig: pytest.Config) -> float:
    """Seconds for one test of the suite."""
    return float(pytestconfig.getoption("--fuzz-seconds") or BUDGET_S) / 6


@pytest.fixture(scope="session", autouse=True)
def chance(pytestconfig: pytest.Config) -> Iterator[None]:
    """Whether examples are left to chance."""
    settings.register_profile("fuzz", derandomize=pytestconfig.getoption("--fuzz-seconds") is None)
    settings.load_profile("fuzz")
    yield
    settings.load_profile("default")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app over fake stages, on an event loop in a thread of its own; with a presenter “ann” who may be changed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TALKING_HEAD_HOME", str(tmp_path_factory.mktemp("home")))
        yield from _served()


def _served() -> Iterator[Served]:
    kept("ann")
    config = Config.model_validate(
        {
            "avatar": {"name": "nobody", "editable": True},
            "animator": {"processes": -1},
            "loop": {"capacity": 8},
            "limits": {"local_factor": 1_000_000},  # what is refused for its number is not looked at
        }
    )
    container = AppContainer(config, build=fakes.build, splitter=fakes.Splitter)
    container.faces.add(fakes.portrait())
    container.faces.landmarker = Stored()
    container.presenters.library = Library(Bags)
    container.start()
    app = create_app(container, config)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", ws="none"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", app, app.state.server, container, loop)
    server.should_exit = True
    thread.join(30)
    container.close()
    listener.close()
