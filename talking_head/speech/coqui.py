"""Coqui's `TTS` package (extra `[coqui]`): any of its models, by name or by local paths; XTTS streams and clones.

A model by name is fetched by Coqui itself, from its own address, at the first start. Checkpoints are loaded by Coqui with
`weights_only`. The weights of XTTS are under the Coqui Public Model License (no commercial use): they are never a default, and
Coqui asks for consent, which a server cannot give by itself (`COQUI_TOS_AGREED=1`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import types
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from talking_head.audio.pcm import StreamResampler, resample
from talking_head.device import resolve
from talking_head.errors import BackendError, ConfigError, MissingExtraError, TextError, WeightsError
from talking_head.media_files.sound import read_audio
from talking_head.speech.finish import RunningGain, finish, louder, mark_of, tail
from talking_head.types import F32, PLAIN, TICKS_PER_SECOND, Delivery, Utterance

INSTALL = "pip install 'talking-head[coqui]'"


class CoquiSynthesizer:
    """``model``: a name from Coqui's list ("tts_models/en/ljspeech/vits"), or a checkpoint file or folder with ``config``
    beside it (default `config.json` in the same folder); ``vocoder``, ``vocoder_config`` likewise, for models that need one.

    ``speaker``, ``language``: for models with several. ``clone``: a clip of 6–30 s of the voice to speak with (XTTS, YourTTS).
    ``stream``: XTTS yields sound while it is still speaking the clause. ``device``: "cpu" or "cuda".
    Raises MissingExtraError, WeightsError, ConfigError.
    """

    def __init__(
        self,
        model: str | Path = "",
        *,
        config: str | Path | None = None,
        vocoder: str | Path | None = None,
        vocoder_config: str | Path | None = None,
        speaker: str | None = None,
        language: str | None = None,
        clone: str | Path | None = None,
        stream: bool = True,
        device: str = "auto",
    ) -> None:
        if not model:
            raise ConfigError(
                "The speech backend “coqui” needs speech.options.model: a name from Coqui's list, or a checkpoint file."
            )
        if clone is not None and not Path(clone).is_file():
            raise ConfigError(f"There is no clip {clone} to clone a voice from.")
        api = import_coqui()
        path = Path(model).expanduser()
        local = path.exists() or path.suffix in {".pth", ".pt"}
        if local and not path.exists():
            raise WeightsError(f"There is no Coqui checkpoint {path}.")
        if not local and "xtts" in str(model) and os.environ.get("COQUI_TOS_AGREED") != "1":
            raise ConfigError(
                "XTTS is under the Coqui Public Model License (no commercial use). If you accept it, set COQUI_TOS_AGREED=1."
            )
        try:
            if local:
                folder = path if path.is_dir() else path.parent
                options = {"vocoder_path": vocoder, "vocoder_config_path": vocoder_config}
                engine = api.TTS(
                    model_path=str(path),
                    config_path=str(config or folder / "config.json"),
                    progress_bar=False,
                    **{key: str(value) for key, value in options.items() if value is not None},
                )
            else:
                engine = api.TTS(model_name=str(model), progress_bar=False)
            self._engine: Any = engine.to(resolve(device))
        except Exception as error:  # Coqui raises whatever its parts raise
            raise WeightsError(f"Coqui cannot load the model “{model}”: {error}") from error
        self.sample_rate = int(self._engine.synthesizer.output_sample_rate)
        self._speaker, self._language = speaker, language
        self._clone = None if clone is None else str(clone)
        self._net: Any = self._engine.synthesizer.tts_model
        self._stream = stream and hasattr(self._net, "inference_stream")
        self._latents: Any = None
        if self._engine.is_multi_speaker and not (speaker or clone):
            raise ConfigError(
                f"This Coqui model has several voices; set speech.options.speaker: {_names(self._engine.speakers)}."
            )
        if self._engine.is_multi_lingual and not language:
            raise ConfigError(
                f"This Coqui model has several languages; set speech.options.language: {_names(self._engine.languages)}."
            )

    def synthesize(self, text: str, delivery: Delivery = PLAIN) -> Generator[Utterance, None, None]:
        """Yield the clause's sound: in one piece, or, from XTTS with ``stream``, as it is made."""
        if not any(character.isalnum() for character in text):
            raise TextError("There is nothing in this text that can be spoken.")
        made = self._streamed(text) if self._stream else self._whole(text)
        with closing(made):
            for utterance in made:
                yield louder(utterance, delivery.gain_db)

    def _whole(self, text: str) -> Generator[Utterance, None, None]:
        options = {"speaker": self._speaker, "language": self._language, "speaker_wav": self._clone}
        try:
            samples = self._engine.tts(text, split_sentences=False, **{k: v for k, v in options.items() if v is not None})
        except Exception as error:
            raise BackendError(f"Coqui could not speak this clause: {error}") from error
        yield finish(resample(_checked(samples), self.sample_rate, TICKS_PER_SECOND), (), mark_of(text))

    def _streamed(self, text: str) -> Generator[Utterance, None, None]:
        """XTTS: chunks are about 1 s long; the last one carries the pause."""
        gain, line = RunningGain(), StreamResampler(self.sample_rate, TICKS_PER_SECOND)
        try:
            latents = self._conditioning()
            for chunk in self._net.inference_stream(text, self._language or "en", *latents):
                pcm = line.push(_checked(chunk.detach().float().cpu().numpy()))
                if len(pcm):
                    yield Utterance(gain.push(pcm))
        except BackendError:
            raise
        except Exception as error:
            raise BackendError(f"Coqui could not speak this clause: {error}") from error
        yield Utterance(tail(gain.push(line.push(np.zeros(0, np.float32), last=True)), mark_of(text)))

    def _conditioning(self) -> tuple[Any, Any]:
        """What XTTS must know of the voice: from the clip (once), or of one of its own speakers."""
        if self._latents is None:
            if self._clone is not None:
                xtts = sys.modules["TTS.tts.models.xtts"]
                # Coqui reads clips with torchaudio and torchcodec, whose libraries are often absent; ours reads more formats.
                xtts.load_audio = _load_audio  # type: ignore[attr-defined]
                self._latents = self._net.get_conditioning_latents(audio_path=[self._clone])
            else:
                self._latents = tuple(self._net.speaker_manager.speakers[self._speaker].values())
        return self._latents[0], self._latents[1]


def import_coqui() -> Any:
    """The module `TTS.api`. MissingExtraError says what is missing, also where torchaudio cannot load its libraries."""
    try:
        import torchaudio  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"The speech backend “coqui” needs {error.name}. Install it with: {INSTALL}") from error
    except (OSError, ImportError):
        _torchaudio_without_libraries()
    os.environ.setdefault("TRAINER_TELEMETRY", "0")  # nothing about this machine is sent anywhere
    try:
        import TTS.api

        return TTS.api
    except (ImportError, OSError) as error:
        reason = " ".join(str(error).split())
        raise MissingExtraError(f"The speech backend “coqui” cannot be loaded: {reason} Install it with: {INSTALL}") from error


def _torchaudio_without_libraries() -> None:
    """Import torchaudio without its compiled part.

    Its wheels on PyPI are linked against CUDA and do not load beside a CPU build of torch. Coqui's synthesis only uses what
    torchaudio does in Python (resampling, mel spectra), so a stand-in says that the compiled part is absent, a case which
    torchaudio itself provides for.
    """

    def absent(function: Any) -> Any:
        return function

    for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
        del sys.modules[name]
    extension = types.ModuleType("torchaudio._extension")
    extension.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=absent, _check_cuda_version=lambda: None
    )
    sys.modules["torchaudio._extension"] = extension
    try:
        import torchaudio  # noqa: F401
    except (ImportError, OSError) as error:
        del sys.modules["torchaudio._extension"]
        raise MissingExtraError(f"torchaudio, which Coqui needs, does not load here: {error}") from error


def _load_audio(path: str, sample_rate: int) -> Any:
    import torch

    return torch.from_numpy(read_audio(Path(path), sample_rate).clip(-1, 1))[None]


def _checked(samples: Any) -> F32:
    pcm = np.asarray(samples, np.float32).reshape(-1)
    if not pcm.size or not np.isfinite(pcm).all():
        raise BackendError("Coqui gave no sound, or a broken one, for this clause.")
    return pcm


def _names(names: Any) -> str:
    with contextlib.suppress(TypeError):
        return ", ".join(str(name) for name in list(names)[:12])
    return "its own"
