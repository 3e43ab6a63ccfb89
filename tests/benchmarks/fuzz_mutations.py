"""Ways to damage a file, each the same for the same random generator."""

from __future__ import annotations

import gzip
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence

import numpy as np

_LIES = (0, 1, 2, 3, 0x7F, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000, 100_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NUMBERS = (b"0", b"-1", b"1e308", b"nan", b"99999999999999999999", b"4294967296", b"70000", b"0x", b"\xff")
_HEADER = 256
"""Bytes at the start where sizes are mostly found."""
_BOMB = 48 << 20
"""Bytes that a few kilobytes are made to unpack to."""

Way = Callable[[bytes, np.random.Generator], bytes]


def mutated(content: bytes, rng: np.random.Generator, others: Sequence[bytes]) -> bytes:
    """A damaged copy: one to four ways, one after the other.

    Args:
        content: of a good file.
        rng: decides everything.
        others: contents of other good files, to join with it.
    """
    for _ in range(1 + int(rng.geometric(0.6))):
        ways: list[Way] = [*_PLAIN, lambda c, r: _spliced(c, r, others)]
        for begin, aware in _AWARE:
            if content.startswith(begin):
                # The damage that a decoder sees after its checks matters most.
                ways += [aware] * len(ways)
        content = ways[rng.integers(len(ways))](content, rng)
    return content


def _span(length: int, rng: np.random.Generator, longest: int = 4096) -> tuple[int, int]:
    start = int(rng.integers(length + 1))
    return start, min(length, start + 1 + int(rng.integers(longest) * rng.random() ** 2))


def _truncated(content: bytes, rng: np.random.Generator) -> bytes:
    return content[: int(rng.integers(len(content) + 1))]


def _flipped(content: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(content)
    near = min(len(changed), _HEADER) if rng.random() < 0.5 else len(changed)
    for _ in range(1 + int(rng.integers(32))) if near else ():
        changed[rng.integers(near)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _overwritten(content: bytes, rng: np.random.Generator) -> bytes:
    start, stop = _span(len(content), rng)
    fill = (b"\0", b"\xff", b"")[rng.integers(3)]
    return content[:start] + (fill * (stop - start) or rng.bytes(stop - start)) + content[stop:]


def _inserted(content: bytes, rng: np.random.Generator) -> bytes:
    start, stop = _span(len(content), rng)
    return content[:start] + rng.bytes(stop - start) + content[start:]


def _removed(content: bytes, rng: np.random.Generator) -> bytes:
    start, stop = _span(len(content), rng)
    return content[:start] + content[stop:]


def _repeated(content: bytes, rng: np.random.Generator) -> bytes:
    start, stop = _span(len(content), rng)
    return content[:stop] + content[start:stop] * (1 + int(rng.integers(8))) + content[stop:]


def _lying(content: bytes, rng: np.random.Generator) -> bytes:
    """A number of the header, of either byte order, says something else."""
    size = (1, 2, 4, 8)[rng.integers(4)]
    near = min(len(content), _HEADER if rng.random() < 0.8 else len(content))
    if near < size:
        return content
    place = int(rng.integers(near - size + 1))
    lie = _LIES[rng.integers(len(_LIES))] if rng.random() < 0.8 else int(rng.integers(1 << 32))
    number = (lie & ((1 << 8 * size) - 1)).to_bytes(size, ("little", "big")[rng.integers(2)])
    return content[:place] + number + content[place + size :]


def _other_numbers(content: bytes, rng: np.random.Generator) -> bytes:
    """A number that is written in digits is another one."""
    found = list(re.finditer(rb"\d+", content[:1_000_000]))
    if not found:
        return content
    one = found[rng.integers(len(found))]
    return content[: one.start()] + _NUMBERS[rng.integers(len(_NUMBERS))] + content[one.end() :]


def _padded(content: bytes, rng: np.random.Generator) -> bytes:
    return content + (b"\0", b"A", b"[", b"\n", b",")[rng.integers(5)] * int(rng.integers(1 << 21))


def _spliced(content: bytes, rng: np.random.Generator, others: Sequence[bytes]) -> bytes:
    other = others[rng.integers(len(others))]
    return content[: int(rng.integers(len(content) + 1))] + other[int(rng.integers(len(other) + 1)) :]


_PLAIN: tuple[Way, ...] = (
    _truncated,
    _flipped,
    _overwritten,
    _inserted,
    _removed,
    _repeated,
    _lying,
    _lying,
    _other_numbers,
    _padded,
)


def _parts_changed(parts: list[bytes], rng: np.random.Generator) -> list[bytes]:
    """One part is lost, doubled, moved or damaged inside."""
    if not parts:
        return parts
    place = int(rng.integers(len(parts)))
    action = rng.integers(5)
    if action == 0:
        return parts[:place] + parts[place + 1 :]
    if action == 1:
        return parts[:place] + [parts[place]] * (2 + int(rng.integers(20))) + parts[place + 1 :]
    if action == 2:
        other = int(rng.integers(len(parts)))
        parts[place], parts[other] = parts[other], parts[place]
        return parts
    parts[place] = _PLAIN[rng.integers(len(_PLAIN))](parts[place], rng)
    return parts


def _png(content: bytes, rng: np.random.Generator) -> bytes:
    """Chunks are changed, and their checksums made good."""
    chunks, place = [], 8
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunks.append(content[place + 4 : place + 8 + length])
        place += 12 + length
    sealed = [
        struct.pack(">I", max(0, len(chunk) - 4)) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in _parts_changed(chunks, rng)
    ]
    return content[:8] + b"".join(sealed)


def _jpeg(content: bytes, rng: np.random.Generator) -> bytes:
    """Segments are changed."""
    starts = [found.start() for found in re.finditer(rb"\xff[\xc0-\xfe]", content)]
    ends = [*starts[1:], len(content)]
    return b"".join(_parts_changed([content[a:b] for a, b in zip(starts, ends, strict=True)], rng))


def _tiff(content: bytes, rng: np.random.Generator) -> bytes:
    """An entry of the first directory says another type, count or place."""
    order = "<" if content[:2] == b"II" else ">"
    if len(content) < 10:
        return content
    (start,) = struct.unpack(order + "I", content[4:8])
    if start + 2 > len(content):
        return content
    (count,) = struct.unpack(order + "H", content[start : start + 2])
    entry = start + 2 + 12 * int(rng.integers(max(1, count)))
    place, kind = ((0, "H"), (2, "H"), (4, "I"), (8, "I"))[rng.integers(4)]
    lie = _LIES[rng.integers(len(_LIES))] & (0xFFFF if kind == "H" else 0xFFFFFFFF)
    field = struct.pack(order + kind, lie)
    return content[: entry + place] + field + content[entry + place + len(field) :]


def _zip(content: bytes, rng: np.random.Generator) -> bytes:
    """Members are changed, and their checksums made good."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()[:50]}
    except Exception:  # An earlier way has damaged it.
        return _flipped(content, rng)
    names = list(members)
    if not names:
        return content
    name = names[rng.integers(len(names))]
    action = rng.integers(6)
    written = [*members.items()]
    packing = zipfile.ZIP_DEFLATED
    if action == 5:
        packing = (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)[rng.integers(3)]
    elif action == 0:
        written.remove((name, members[name]))
    elif action == 1:
        written.append((name, _PLAIN[rng.integers(len(_PLAIN))](members[name], rng)))
    elif action == 2 and rng.random() < 0.2:
        written.append((name, members[name][:128] + bytes(_BOMB)))
    else:
        ways = [_npy] * len(_PLAIN) + [*_PLAIN]
        changed = ways[rng.integers(len(ways))](members[name], rng)
        written = [(one, changed if one == name else data) for one, data in members.items()]
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", packing) as archive:
        warnings.simplefilter("ignore")  # Two members of one name are what is wanted.
        for one, data in written:
            archive.writestr(zipfile.ZipInfo(one), data)
    return file.getvalue()


def _npy(content: bytes, rng: np.random.Generator) -> bytes:
    """The shape or the type in the header of a NumPy file is another one."""
    head, tail = content[:128], content[128:]
    types = (b"|O", b"<U4000000", b"|S1", b"<f8", b"<f2", b"|b1", b">i8", b"<c16", b"<M8[s]", b"|V8", b"<u4")
    shapes = (
        b"()",
        b"(0,)",
        b"(-1,)",
        b"(99999999999,)",
        b"(4294967296, 4294967296)",
        b"(1, 1, 1, 1)",
        b"(1e3,)",
    )
    if rng.random() < 0.5:
        head = re.sub(rb"'descr': '[^']*'", b"'descr': '" + types[rng.integers(len(types))] + b"'", head)
    else:
        head = re.sub(rb"'shape': \([^)]*\)", b"'shape': " + shapes[rng.integers(len(shapes))], head)
    # The header's length stands in it; blanks fill it up.
    return head.rstrip()[:127].ljust(127) + b"\n" + tail


def _gzip(content: bytes, rng: np.random.Generator) -> bytes:
    try:
        inside = gzip.decompress(content)
    except Exception:  # An earlier way has damaged it.
        return _flipped(content, rng)
    return gzip.compress(_PLAIN[rng.integers(len(_PLAIN))](inside, rng), mtime=0)


_AWARE: tuple[tuple[bytes, Way], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8", _jpeg),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
    (b"PK\x03\x04", _zip),
    (b"\x1f\x8b", _gzip),
)
