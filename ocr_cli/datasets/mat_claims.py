"""Whether the matrices of a MATLAB file can be what they say.

SciPy makes an array as large as the header of a matrix says before it looks for its elements, so that a file
of a few bytes can ask for any amount of memory. Here the headers are read and nothing is made. See the
MathWorks' "MAT-File Format", level 5.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_VALUES = frozenset({1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 16, 17, 18})
"""Types of numbers and text."""
_INT32, _UINT32 = 5, 6
_HOLDERS = (1, 2, 3, 16, 17)
"""Classes of matrices of cells, structures, objects, functions and what is opaque."""
_SPARSE, _OPAQUE = 5, 17
_COMPLEX = 0x800
_LEAST = {4: 4, _SPARSE: 6} | dict.fromkeys(range(6, 16), 4)
"""Elements that a matrix of text, a sparse one and one of numbers must have; one more if it is complex."""
_CHUNK = 1 << 16
_DEEPEST = 30
_ENDLESS = 1 << 62


class _Stream:
    """Bytes read or skipped one after the other, unpacked if they are packed.

    Args:
        chunks: of the content.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def take(self, count: int) -> bytes:
        """So many bytes, or fewer at the end."""
        while len(self._rest) < count and (chunk := next(self._chunks, b"")):
            self._rest += chunk
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def some(self, count: int) -> Iterator[bytes]:
        """So many bytes, or fewer at the end, piece by piece."""
        while count > 0 and (piece := self.take(min(count, _CHUNK))):
            count -= len(piece)
            yield piece


def check_claims(file: BinaryIO) -> None:
    """Look through a file of level 5 from its start; another file passes.

    Args:
        file: open at its start.

    Raises:
        ValueError: if a matrix says that it has more elements than there are bytes for, something has a type
            that has no place where it stands, or the matrices are nested too deeply.
        zlib.error: if something packed is damaged.
    """
    head = file.read(_HEADER)
    order = {b"IM": "<", b"MI": ">"}.get(head[126:128])
    if order is not None:
        stream = _Stream(iter(lambda: file.read(_CHUNK), b""))
        for kind, count, _ in _elements(stream, _ENDLESS, order):
            if kind == _COMPRESSED:
                _check_packed(_Stream(_unpacked(stream.some(count))), order)
            else:
                _check_matrix(stream, kind, count, order, 0)


def _check_packed(stream: _Stream, order: str) -> None:
    for kind, count, _ in _elements(stream, _ENDLESS, order):
        _check_matrix(stream, kind, count, order, 0)


def _check_matrix(stream: _Stream, kind: int, size: int, order: str, depth: int) -> int:
    """Look through a matrix of so many bytes, and say how many bytes there really are.

    Its first element holds its class, the second its shape, the third its name; the others what is in it.
    SciPy looks types up in a table without asking whether they are there, and takes what follows a matrix for
    a part that it lacks; both crash it.
    """
    if kind != _MATRIX:
        raise ValueError(f"something of type {kind} stands where a matrix should")
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    there, claimed, matrix_class, least = 0, 0, 0, 0
    number = -1
    for number, (kind, count, small) in enumerate(_elements(stream, size, order)):
        there += 8
        if kind == _MATRIX and number > 2 and matrix_class in _HOLDERS:
            there += _check_matrix(stream, kind, count, order, depth + 1)
            continue
        if kind not in _VALUES:
            raise ValueError(f"something of type {kind} stands where values should")
        padded = 0 if small is not None else -(-count // 8) * 8
        is_head = padded and padded < _CHUNK and (number == 0 or (number == 1 and matrix_class != _OPAQUE))
        body = stream.take(padded) if is_head else b""
        there += len(body) or sum(map(len, stream.some(padded)))
        if number == 0:
            if (kind, count, len(body)) != (_UINT32, 8, 8):
                raise ValueError("a matrix without a class")
            flags = struct.unpack(order + "I", body[:4])[0]
            matrix_class = flags & 0xFF
            least = _LEAST.get(matrix_class, 0) + (flags & _COMPLEX != 0)
        elif number == 1 and matrix_class != _OPAQUE:
            if kind != _INT32 or count < 8 or count % 4 or len(body) != padded:
                raise ValueError("a matrix without a shape")
            if matrix_class != _SPARSE:
                claimed = math.prod(struct.unpack(f"{order}{count // 4}i", body[:count]))
    if size and number + 1 < least:
        raise ValueError("a matrix without values")
    if claimed > there:
        raise ValueError(f"a matrix says that it has {claimed} elements, and there are {there} bytes of it")
    return there


def _elements(stream: _Stream, size: int, order: str) -> Iterator[tuple[int, int, bytes | None]]:
    """Type and length of each element in so many bytes, and its bytes if they are in the tag itself.

    Whoever asks for the next one has taken the bytes of this one.

    Raises:
        ValueError: if one is longer than what holds it.
    """
    while size >= 8 and len(tag := stream.take(8)) == 8:
        kind, count = struct.unpack(order + "II", tag)
        size -= 8
        if kind >> 16:  # Up to four bytes lie in the tag itself.
            yield kind & 0xFFFF, min(4, kind >> 16), tag[4:]
        elif count > size:
            raise ValueError("an element is longer than the matrix that holds it")
        else:
            size -= count if kind == _COMPRESSED else -(-count // 8) * 8
            yield kind, count, None


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packed = zlib.decompressobj()
    for piece in pieces:
        yield packed.decompress(piece, _CHUNK)
        while packed.unconsumed_tail:
            yield packed.decompress(packed.unconsumed_tail, _CHUNK)
