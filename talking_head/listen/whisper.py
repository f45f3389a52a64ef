"""Whisper through CTranslate2: what is said in a piece of sound.

Whisper's encoder wants 30 s, whatever was said in them, and takes 15 times as long for them as for two. Here only the sound
itself and a little silence go through the encoder; behind its output the decoder finds what the encoder makes of silence,
computed once. Without that tail it does not know that the sentence is over and says it again and again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from talking_head.audio.pcm import check_pcm, resample
from talking_head.device import for_ctranslate2
from talking_head.errors import BackendError, WeightsError
from talking_head.listen.log_mel import MELS, log_mel
from talking_head.listen.pauses import cut_at_pauses
from talking_head.listen.plausible import plausible
from talking_head.types import F32, VOICE_RATE, Transcript

LONGEST_S = 28.0  # of one pass; longer sound is cut where it is quiet
_AFTER_S = 1.0  # silence behind the sound, encoded with it
_TAIL = 500  # encoded silence behind that, in steps of 20 ms
_STEPS = 1500  # of the whole 30 s
_TOKENS_A_SECOND = 12  # nobody says more; a decoder that runs in circles is stopped there
_SHORTEST = 400  # samples


class WhisperRecognizer:
    """``model``: folder of a converted Whisper model, a name of the manifest, or None for the shipped tiny.en.

    ``device``, ``precision`` ("auto": int8 on a CPU, float16 on a GPU), ``threads``: as in ``[device]``.
    ``beam``: 1 is fastest; 5 makes about a tenth fewer errors at twice the time. ``language``: for models that know several.
    ``prompt``: a sentence that stands for what was said before; it shows how words are to be written.
    Raises WeightsError.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        beam: int = 1,
        language: str = "en",
        prompt: str = "",
        device: str = "auto",
        precision: str = "auto",
        threads: int = 1,
    ) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        from talking_head.models import manifest

        if model is None or (isinstance(model, str) and model in manifest.manifest()):
            model = manifest.path(model or "whisper-tiny-en")
        folder = Path(model)
        if not (folder / "model.bin").is_file() or not (folder / "tokenizer.json").is_file():
            raise WeightsError(
                f"{model} is not a folder with a converted Whisper model (model.bin, config.json, tokenizer.json)."
            )
        name, index = for_ctranslate2(device)
        if precision == "auto":
            precision = "int8" if name == "cpu" else "float16"
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(folder), device=name, device_index=index, compute_type=precision, intra_threads=threads
            )
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises plain Exception
            raise WeightsError(f"The Whisper model in {model} cannot be loaded: {error}") from error
        self._view = ctranslate2.StorageView
        self._beam, self._bands = beam, int(getattr(self._model, "n_mels", MELS))
        names = ["<|startoftranscript|>"]
        if self._model.is_multilingual:
            names += [f"<|{language}|>", "<|transcribe|>"]
        start = [self._tokenizer.token_to_id(name) for name in (*names, "<|notimestamps|>")]
        if None in start:
            raise WeightsError(f"The Whisper model in {model} does not know the language “{language}”.")
        before = [self._tokenizer.token_to_id("<|startofprev|>"), *self._tokenizer.encode(prompt, add_special_tokens=False).ids]
        self._prompt = [*before, *start] if prompt else start
        self._tells_language = bool(self._model.is_multilingual)
        self._silence = self._encode(np.zeros(30 * VOICE_RATE, np.float32))

    def transcribe(self, pcm: F32, sample_rate: int) -> str:
        """What is said in mono ``pcm`` f32[n] in −1..1; "" where nothing is. Raises AudioError for unusable sound."""
        return self.recognize(pcm, sample_rate).text

    def recognize(self, pcm: F32, sample_rate: int) -> Transcript:
        """See :class:`talking_head.protocols.Recognizer`."""
        sound = resample(check_pcm(pcm, sample_rate), sample_rate, VOICE_RATE)
        if len(sound) < _SHORTEST or not sound.any():
            return Transcript("")  # Whisper would imagine words
        try:
            pieces = [self._piece(piece) for piece in cut_at_pauses(sound, LONGEST_S)]
        except (RuntimeError, ValueError) as error:
            raise BackendError(f"The recogniser failed: {error}") from error
        said = [piece for piece in pieces if piece.text]
        if not said:
            return Transcript("", min(p.confidence for p in pieces), max(p.no_speech for p in pieces))
        surest = max(said, key=lambda p: p.sure)
        return Transcript(
            " ".join(piece.text for piece in said),
            min(p.confidence for p in said),
            max(p.no_speech for p in said),
            surest.language,
            surest.sure,
        )

    def _piece(self, sound: F32) -> Transcript:
        seconds = len(sound) / VOICE_RATE
        encoded = self._encode(np.pad(sound, (0, round(_AFTER_S * VOICE_RATE))))
        tail = self._silence[:, max(encoded.shape[1], _STEPS - _TAIL) :]
        features = self._view.from_array(np.ascontiguousarray(np.concatenate([encoded, tail], axis=1)))
        (result,) = self._model.generate(
            features,
            [self._prompt],
            beam_size=self._beam,
            max_length=len(self._prompt) + 8 + round(seconds * _TOKENS_A_SECOND),
            return_scores=True,
            return_no_speech_prob=True,
        )
        text = self._tokenizer.decode(result.sequences_ids[0]).strip()
        heard = Transcript(text, float(result.scores[0]), float(result.no_speech_prob), *self._language(features))
        return plausible(heard, seconds)

    def _language(self, features: Any) -> tuple[str, float]:
        """Which language it is, and how sure; one step of the decoder."""
        if not self._tells_language:
            return "", 0.0
        token, probability = self._model.detect_language(features)[0][0]
        return token.strip("<|>"), float(probability)

    def _encode(self, sound: F32) -> F32:
        """Encoder output f32[1, steps of 20 ms, width]."""
        features = log_mel(sound[: 30 * VOICE_RATE], self._bands)
        features = features[None, :, : features.shape[1] // 2 * 2]
        out = self._model.encode(self._view.from_array(np.ascontiguousarray(features)), to_cpu=True)
        encoded: F32 = np.array(out).astype(np.float32)
        return encoded
