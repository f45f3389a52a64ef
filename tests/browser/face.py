"""What the tests see and hear of a face in a browser."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

# Watches the first player of the document: its states in order, and on request what its mouth and its sound do.
_PROBE = """
(() => {
  const states = [];
  const clauses = [];
  const watch = (player) => {
    new MutationObserver(() => {
      const state = player.dataset.state;
      if (states.at(-1) !== state) states.push(state);
      const caption = player.querySelector(".player-caption");
      const text = caption.hidden ? "" : caption.textContent.trim();
      if (text && clauses.at(-1) !== text) clauses.push(text);
    }).observe(player, { subtree: true, childList: true, attributes: true, characterData: true });
  };
  const video = () => document.querySelector(".player-video");

  // Mean change a pixel (0..255) from picture to picture inside the box `mouth` beyond that inside the box `nose`, which the
  // head carries along likewise (shares of the side), and the sound's RMS, for `ms`.
  const measure = async (mouth, nose, ms) => {
    const element = video();
    const side = 128; // small: what is asked is how much the mouth moves, not how the skin's grain travels with the head
    const canvas = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
    canvas.imageSmoothingQuality = "high";
    const audio = new AudioContext();
    await audio.resume();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 2048;
    audio.createMediaStreamSource(element.srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const levels = [];
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      levels.push(Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length));
    }, 25);
    const areas = [mouth, nose].map((box) => box.map((share) => Math.round(share * side)));
    let before = null;
    const changes = [];
    let going = true;
    const look = () => {
      canvas.drawImage(element, 0, 0, side, side);
      const now = areas.map((area) => canvas.getImageData(...area).data);
      if (before) {
        const [lips, head] = now.map((pixels, which) => {
          let sum = 0;
          for (let i = 0; i < pixels.length; i += 4) sum += Math.abs(pixels[i + 1] - before[which][i + 1]);
          return sum / (pixels.length / 4);
        });
        changes.push(lips - head);
      }
      before = now;
      if (going) element.requestVideoFrameCallback(look);
    };
    element.requestVideoFrameCallback(look);
    await new Promise((resolve) => setTimeout(resolve, ms));
    going = false;
    clearInterval(timer);
    await audio.close();
    const mean = (list) => list.reduce((a, b) => a + b, 0) / Math.max(1, list.length);
    return { change: mean(changes), pictures: changes.length, loudest: Math.max(0, ...levels), loudness: mean(levels) };
  };

  // What the picture shows, small: to tell one face from another.
  const picture = () => {
    const canvas = new OffscreenCanvas(16, 16).getContext("2d");
    canvas.drawImage(video(), 0, 0, 16, 16);
    return Array.from(canvas.getImageData(0, 0, 16, 16).data);
  };
  globalThis.probe = { states, clauses, watch, measure, picture };
})();
"""

PATIENCE_MS = 90_000  # only against waiting for ever: a loaded machine is no failure
SILENT = 0.004  # RMS: comfort noise and codec residue stay below, speech at −16 LUFS is around 0.1
AUDIBLE = 0.02
_LOOKS = 40

# Mouth and nose of the default portrait, which looks at the camera: left, top, width, height as shares of the side.
MOUTH = (0.38, 0.68, 0.24, 0.14)
NOSE = (0.38, 0.52, 0.24, 0.14)


@dataclass(frozen=True)
class Seen:
    """``change``: mean change a pixel of the mouth from picture to picture beyond the nose's, grey levels; ``pictures``
    compared; RMS of the sound, 0..1."""

    change: float
    pictures: int
    loudest: float
    loudness: float


class FacePage:
    """A page with a live face."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.hosts: set[str] = set()
        self.problems: list[str] = []
        self._asked_at = 0  # states before this one belong to what was asked before
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda request: self.hosts.add(request.url.partition("://")[2].partition("/")[0]))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.add_init_script(_PROBE)

    @classmethod
    def open(cls, browser: Browser, url: str, **context: Any) -> FacePage:
        """A new visitor at ``url``; returns once the face is live."""
        face = cls(browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | context)).new_page())
        try:
            face.page.goto(url)
            face.live()
        except BaseException:
            face.leave()  # a page that is left open takes the next free place, and every later test waits for one
            raise
        return face

    def live(self) -> None:
        """Wait for a live picture, then watch its states."""
        self.page.wait_for_selector(".player[data-live=true]")
        self.page.evaluate("probe.watch(document.querySelector('.player'))")

    def leave(self) -> None:
        """Go away as a visitor does: the page says goodbye while it is still there, then it is closed."""
        context: BrowserContext = self.page.context
        with contextlib.suppress(PlaywrightError):  # the page may be gone, or hang, which is not what is tested here
            self.page.goto("about:blank", timeout=10_000)
        context.close()

    def described(self) -> str:
        """Where the page stands, for the report of a test that failed."""
        try:
            return str(self.page.evaluate("[{...document.querySelector('.player')?.dataset}, probe.states, probe.clauses]"))
        except PlaywrightError as error:
            return f"the page does not answer: {error}"

    @property
    def session(self) -> str:
        """The session's id, as the server knows it."""
        return self.page.evaluate("document.querySelector('.player').dataset.session") or ""

    @property
    def states(self) -> list[str]:
        seen: list[str] = self.page.evaluate("probe.states")
        return seen

    @property
    def clauses(self) -> list[str]:
        seen: list[str] = self.page.evaluate("probe.clauses")
        return seen

    def type(self, text: str, *, mode: str = "chat") -> None:
        """Type ``text`` and press Enter, as a visitor does."""
        self._asked_at = self.page.evaluate("probe.states.length")
        self.page.check(f"input[name=mode][value={mode}]", force=True)
        self.page.fill("textarea[name=text]", text)
        self.page.press("textarea[name=text]", "Enter")

    def reaches(self, state: str, timeout_s: float = 90) -> None:
        """Wait until the face is, or since the last text was, in ``state``: a short sentence may be over between two looks."""
        self.page.wait_for_function(
            "([state, since]) => document.querySelector('.player').dataset.state === state"
            " || probe.states.slice(since).includes(state)",
            arg=[state, self._asked_at],
            timeout=timeout_s * 1000,
        )

    def rests(self, timeout_s: float = 120) -> None:
        """Wait until nothing is said or thought of."""
        self.page.wait_for_selector(".player:is([data-state=idle], [data-state=listening])", timeout=timeout_s * 1000)

    def measure(self, seconds: float) -> Seen:
        """Watch the mouth and listen, for ``seconds``."""
        asked = [list(MOUTH), list(NOSE), seconds * 1000]
        return Seen(**self.page.evaluate("([mouth, nose, ms]) => probe.measure(mouth, nose, ms)", asked))

    def sounds(self) -> bool:
        """Listen until the face is heard; False when it never is."""
        return any(self.measure(0.5).loudest > AUDIBLE for _ in range(_LOOKS))

    def falls_silent(self) -> bool:
        """Listen until a second and a half without a sound has passed; False when that never comes.

        What the jitter buffer still holds comes out first: under a heavy load more than half a second.
        """
        return any(self.measure(1.5).loudest < SILENT for _ in range(_LOOKS))

    def renewed(self, before: str) -> None:
        """Wait until the session ``before`` was replaced by another one and is live."""
        self.page.wait_for_function(
            "(old) => { const now = document.querySelector('.player').dataset.session; return now && now !== old; }", arg=before
        )
        self.page.wait_for_selector(".player[data-live=true]")

    def notice(self) -> str:
        """The sentence above the text box, once there is one."""
        self.page.wait_for_selector(".composer .notice:not([hidden])")
        return self.page.inner_text(".composer .notice")
