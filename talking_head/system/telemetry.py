"""Nothing phones home: the telemetry of every dependency is off before that dependency is imported, in child processes too.

The package calls :func:`off` when it is imported, so whatever it imports later finds the switches set. MediaPipe has no switch
(its library looks up a logging host at every start), so :func:`cut_off` takes the resolver of names away from that one library.
"""

from __future__ import annotations

import ctypes
import logging
import mmap
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

# Set whatever the environment says: a server that is handed to others may not be talked into reporting about them.
SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime ≥ 1.29
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "NNCF_CI": "1",  # NNCF's own word for "send nothing"
    "ANONYMIZED_TELEMETRY": "False",
    "WANDB_MODE": "offline",
    "COQUI_TOS_AGREED": os.environ.get("COQUI_TOS_AGREED", ""),  # a consent of the user's: never given by us
}
_MODULES = ("openvino_telemetry",)  # reporting only, from forks of a process with threads; OpenVINO and NNCF go on without it

_DT_NULL, _DT_STRTAB, _DT_SYMTAB, _DT_RELA, _DT_RELASZ, _DT_JMPREL, _DT_PLTRELSZ = 0, 5, 6, 7, 8, 23, 2
_PT_LOAD, _PT_DYNAMIC = 1, 2
_SYMBOL, _RELOCATION = 24, 24  # bytes of an entry of a 64-bit ELF file


def off() -> None:
    """Set every switch in this process's environment, which its children inherit."""
    for name, value in SWITCHES.items():
        if value:
            os.environ[name] = value
    for module in _MODULES:
        sys.modules.setdefault(module, None)  # type: ignore[arg-type]  # an import of it fails from now on


def cut_off(library: Path | str, symbol: str = "getaddrinfo") -> bool:
    """Let the loaded shared ``library`` resolve no names: its calls of ``symbol`` go to ``getpid``, whose answer it takes for a
    failure.

    Loads the library if it is not loaded yet. Other libraries are not touched. Returns False, and logs why, where the library
    cannot be patched (not Linux on 64 bits, or it does not call ``symbol``).
    """
    try:
        library = Path(library).resolve(strict=True)
        loaded = ctypes.CDLL(str(library))
        base = _base(library)
        slots = list(_slots(library.read_bytes(), symbol.encode()))
        harmless = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p).value
        assert harmless is not None
        for slot in slots:
            _write(base + slot, harmless)
    except (OSError, ValueError, struct.error, AttributeError) as error:
        log.warning("the telemetry of %s could not be switched off: %s", Path(library).name, error)
        return False
    del loaded
    return bool(slots)


def _base(library: Path) -> int:
    """Where the library was loaded."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[2] == "00000000" and fields[5] == str(library):
            return int(fields[0].partition("-")[0], 16)
    raise ValueError("it is not loaded")


def _slots(data: bytes, symbol: bytes) -> Iterator[int]:
    """Addresses, from the library's base, of the pointers through which it calls ``symbol``. ELF-64, little endian."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError("it is no 64-bit library")
    (start,), (size, count) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, start + size * number) for number in range(count)]
    loads = [(address, length, offset) for kind, _, offset, address, _, length in segments if kind == _PT_LOAD]

    def place(address: int) -> int:
        for begin, length, offset in loads:
            if begin <= address < begin + length:
                return int(offset + address - begin)
        raise ValueError("its tables lie outside of it")

    dynamic: dict[int, int] = {}
    at = next(offset for kind, _, offset, *_ in segments if kind == _PT_DYNAMIC)
    while (entry := struct.unpack_from("<QQ", data, at))[0] != _DT_NULL:
        dynamic[entry[0]] = entry[1]
        at += 16
    symbols, strings = place(dynamic[_DT_SYMTAB]), place(dynamic[_DT_STRTAB])
    for table, length in ((_DT_JMPREL, _DT_PLTRELSZ), (_DT_RELA, _DT_RELASZ)):
        if table not in dynamic:
            continue
        begin = place(dynamic[table])
        for address, info, _ in struct.iter_unpack("<QQq", data[begin : begin + dynamic[length] // _RELOCATION * _RELOCATION]):
            if not (number := info >> 32):
                continue
            (name,) = struct.unpack_from("<I", data, symbols + number * _SYMBOL)
            if data.startswith(symbol + b"\0", strings + name):
                yield address


def _write(address: int, value: int) -> None:
    """Put ``value`` in the place of a pointer, also where its page was made read-only after loading."""
    libc = ctypes.CDLL(None, use_errno=True)
    page = ctypes.c_void_p(address & -mmap.PAGESIZE)
    closed = not _writable(address)
    if closed and libc.mprotect(page, ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ | mmap.PROT_WRITE):
        raise OSError(ctypes.get_errno(), "the page is protected")
    ctypes.c_uint64.from_address(address).value = value
    if closed:
        libc.mprotect(page, ctypes.c_size_t(mmap.PAGESIZE), mmap.PROT_READ)


def _writable(address: int) -> bool:
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, permissions = line.split(maxsplit=2)[:2]
        begin, _, end = span.partition("-")
        if int(begin, 16) <= address < int(end, 16):
            return "w" in permissions
    raise ValueError("the pointer lies outside of the process")
