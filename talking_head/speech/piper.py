"""Piper VITS voices through ONNX Runtime: the default synthesiser.

A voice is `NAME.onnx` and `NAME.onnx.json` (https://github.com/rhasspy/piper, architecture: Kim et al. 2021, "Conditional
Variational Autoencoder with Adversarial Learning for End-to-End Text-to-Speech"). The model's own durations are read from the
node that rounds them up, so every phoneme's place in the sound is exact.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.audio.pcm import resample
from talking_head.errors import BackendError, WeightsError
from talking_head.speech.finish import PAUSES, emphasised, finish, louder
from talking_head.speech.onnx_voice import open_graph
from talking_head.speech.phonemes.english import EnglishPhonemes
from talking_head.types import F32, PLAIN, TICKS_PER_SECOND, Delivery, Phoneme, Utterance

_HOP = 256  # samples of sound for one unit of duration
_DURATIONS = "/Ceil_output_0"  # f32[1, 1, ids]: hops each id lasts
_PAD, _BOS, _EOS = "_", "^", "$"
_NEAREST = {
    "g": "ɡ",
    "ɫ": "l",
    "ɝ": "ɜ",
    "r": "ɹ",
    "ʧ": "tʃ",
    "ʤ": "dʒ",
    "ᵊ": "ə",
    "ɘ": "ə",
    "ǝ": "ə",
    "ɱ": "m",
    "ʼ": "",
    "‿": "",
}
_DIPHTHONGS = {"aɪ", "aʊ", "eɪ", "oʊ", "ɔɪ", "tʃ", "dʒ"}
PAUSE_MARKS = frozenset(PAUSES) - {""}
_LONG, _LONGEST = 60, 170  # phonemes: 5 s of speech, after which a pause ends a piece; 13 s, where even no pause does


class PiperSynthesizer:
    """English text → 48 kHz sound with phonemes.

    ``voice``: path of a voice's `.onnx` (its `.onnx.json` beside it), or None for the shipped `en_US-joe-medium`.
    ``speed``: 1 is the voice's own; 2 twice as fast. ``noise``, ``rhythm_noise``: the voice's variation of sound and of
    durations; None takes the voice's own. ``speaker``: number, for voices with several. Raises WeightsError.
    """

    def __init__(
        self,
        voice: str | Path | None = None,
        *,
        speed: float = 1.0,
        noise: float | None = None,
        rhythm_noise: float | None = None,
        speaker: int = 0,
        threads: int = 1,
    ) -> None:
        if not 0.25 <= speed <= 4:
            raise WeightsError(f"The speaking speed {speed} is outside 0.25–4.")
        model = _find(voice)
        try:
            config = json.loads(Path(f"{model}.json").read_text("utf-8"))
            self.sample_rate = int(config["audio"]["sample_rate"])
            self._ids: dict[str, list[int]] = config["phoneme_id_map"]
            inference: dict[str, float] = config.get("inference", {})
            language = str(config.get("language", {}).get("code") or config["espeak"]["voice"])
            speakers = int(config.get("num_speakers", 1))
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(f"{model}.json is not the description of a Piper voice: {error!r}") from error
        if not language.lower().startswith("en"):
            raise WeightsError(
                f"The voice {model.name} speaks “{language}”; only English text can be turned into phonemes here."
            )
        if not 0 <= speaker < max(1, speakers):
            raise WeightsError(f"The voice {model.name} has {speakers} speakers; there is no number {speaker}.")
        self._scales = np.array(
            [
                inference.get("noise_scale", 0.667) if noise is None else noise,
                inference.get("length_scale", 1.0) / speed,
                inference.get("noise_w", 0.8) if rhythm_noise is None else rhythm_noise,
            ],
            np.float32,
        )
        self._speaker = np.array([speaker], np.int64) if speakers > 1 else None
        self._session, self._outputs = _session(model, threads)
        self.phonemes = EnglishPhonemes()

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield a clause's sound, in pieces of at most about 13 s. Raises TextError when there is nothing to say.

        Another pitch moves the formants along: it is the voice of a smaller or larger person.
        """
        marked = self.phonemes.marked(text, delivery.words)
        emphasis = {id(sounds): value for sounds, value in marked if value}
        parts = _pieces([sounds for sounds, _ in marked])
        for number, words in enumerate(parts):
            values = [emphasis.get(id(word), 0.0) for word in words]
            pcm, phonemes = self.speak(words, speed=delivery.rate, pitch=delivery.pitch, emphasis=values)
            runs_on = delivery.runs_on and number == len(parts) - 1
            mark = words[-1][0] if words[-1][0] in PAUSE_MARKS and not runs_on else ""
            yield louder(finish(emphasised(pcm, phonemes), phonemes, mark), delivery.gain_db)

    def words(self, text: str) -> list[list[str]]:
        """Phonemes of a whole text, without superfluous pauses, for :meth:`speak`."""
        return [word for piece in _pieces(self.phonemes(text)) for word in piece]

    def speak(
        self, words: list[list[str]], *, speed: float = 1.0, pitch: float = 1.0, emphasis: Sequence[float] = ()
    ) -> tuple[F32, list[Phoneme]]:
        """Words of phonemes (see ``EnglishPhonemes``) → raw sound at 48 kHz, and where each phoneme lies in it.

        ``speed`` multiplies the synthesiser's own; ``emphasis`` of each word is handed on with its phonemes.
        """
        ids, owners, units, places = self._encode(words)
        feed: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": self._scales / np.array([1, speed / pitch, 1], np.float32),
        }
        if self._speaker is not None:
            feed["sid"] = self._speaker
        try:
            results = self._session.run(self._outputs, feed)
        except Exception as error:  # onnxruntime's exceptions share no public base class
            raise BackendError(f"The voice could not speak this clause: {error}") from error
        pcm = np.asarray(results[0], np.float32).reshape(-1)
        if not np.isfinite(pcm).all():
            raise BackendError("The voice gave a broken sound for this clause.")
        phonemes: list[Phoneme] = []
        if len(results) > 1:
            hops = np.asarray(results[1]).reshape(-1)
            ends = np.cumsum(np.bincount(owners, hops, len(units))) * (_HOP * TICKS_PER_SECOND / self.sample_rate / pitch)
            edges = np.concatenate([[0], np.round(ends).astype(int)])
            stress = [emphasis[place] if emphasis and place is not None else 0.0 for place in places]
            phonemes = [
                Phoneme(u, int(a), int(b - a), e) for u, a, b, e in zip(units, edges[:-1], edges[1:], stress, strict=True)
            ]
        return resample(pcm, round(self.sample_rate * pitch), TICKS_PER_SECOND), phonemes

    def _encode(self, words: list[list[str]]) -> tuple[list[int], list[int], list[str], list[int | None]]:
        """Ids for the model; for each id the unit it counts for; the units; for each the number of its word.

        The model puts a blank (pad) after every symbol. Measured on the energy of stops, a blank's time belongs to the sound
        that follows it, as does the space before a word.
        """
        units = [" "]
        places: list[int | None] = [None]
        atoms: list[tuple[str, int]] = []  # a character of the voice, and the unit it counts for
        for place, word in enumerate(words):
            if word[0] in PAUSE_MARKS:
                if units[-1] != " ":
                    units.append(" ")
                    places.append(None)
                atoms += [(char, len(units) - 1) for char in self.in_voice(word)]
                continue
            for first, group in enumerate(_grouped(word)):
                after_pause = units[-1] == " "
                units.append("".join(group))
                places.append(place)
                if place and first == 0:
                    atoms.append((" ", len(units) - (2 if after_pause else 1)))
                atoms += [(char, len(units) - 1) for char in self.in_voice(group)]
        if units[-1] != " ":
            units.append(" ")
            places.append(None)
        ids, owners = [*self._ids[_BOS], *self._ids[_PAD]], [0, atoms[0][1]]
        for (char, owner), (following, heir) in zip(atoms, [*atoms[1:], ("", len(units) - 1)], strict=True):
            for number in self._ids[char]:
                ids += [number, *self._ids[_PAD]]
                owners += [owner, owner if following == " " else heir]
        return [*ids, *self._ids[_EOS]], [*owners, len(units) - 1], units, places

    def in_voice(self, symbols: list[str]) -> Iterator[str]:
        """``symbols`` as this voice knows them: each the nearest one that it was trained with, or left out."""
        for char in unicodedata.normalize("NFD", "".join(symbols)):
            if char in self._ids:
                yield char
                continue
            yield from (c for c in _NEAREST.get(char, "ə" if char.isalpha() else "") if c in self._ids)


def _find(voice: str | Path | None) -> Path:
    """The voice's model file; the shipped one, a file, or the only one in a folder."""
    if voice is None:
        from talking_head.models import manifest

        voice = manifest.path("piper-en-us-joe")
    path = Path(voice).expanduser()
    if path.is_dir():
        models = sorted(path.glob("*.onnx"))
        if len(models) != 1:
            raise WeightsError(f"The folder {path} holds {len(models)} Piper voices; name the .onnx file.")
        path = models[0]
    if not path.is_file():
        raise WeightsError(f"There is no Piper voice {path}.")
    return path


def _session(model: Path, threads: int) -> tuple[Any, list[str]]:
    try:
        return open_graph(model, threads, [_DURATIONS]), ["output", _DURATIONS]
    except WeightsError:  # another export of the voice: its phonemes have no places
        return open_graph(model, threads), ["output"]


def _grouped(word: list[str]) -> list[list[str]]:
    """Symbols of one word, with those of a diphthong or an affricate together."""
    groups: list[list[str]] = []
    for symbol in word:
        if groups and len(groups[-1]) == 1 and groups[-1][0].lstrip("ˈˌ") + symbol in _DIPHTHONGS:
            groups[-1].append(symbol)
        else:
            groups.append([symbol])
    return groups


def _pieces(words: list[list[str]]) -> list[list[list[str]]]:
    """Cut a long clause at its pauses (one without any: between words), so that one step stays short."""
    pieces: list[list[list[str]]] = [[]]
    for word in words:
        piece, pause = pieces[-1], word[0] in PAUSE_MARKS
        if pause and (not piece or piece[-1][0] in PAUSE_MARKS):
            continue  # a pause at the start, or a second one in a row
        length = sum(map(len, piece))
        if piece and not pause and (length > _LONGEST or (length >= _LONG and piece[-1][0] in PAUSE_MARKS)):
            pieces.append(piece := [])
        piece.append(word)
    return [piece for piece in pieces if piece]
