"""Damage behind a good checksum: arrays and metadata that say something else, in an archive that is whole."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from typing import Any

import numpy as np

_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2, 10**9, 10**30, -0.5, 1e308, float("nan"), float("inf")),
    *(10**400, -(10**400), "\x1b[2J", "\u202e", "\ud800"),
    *("", "x", "\0", "A" * 1000, [], [None], [[]], {}, {"a": 1}, [0] * 5000),
)


def resealed(content: bytes, rng: np.random.Generator) -> bytes:
    """An archive of ``ocr_cli.network.archive`` with some of its content changed and a checksum that fits."""
    loaded = np.load(io.BytesIO(content), allow_pickle=False)
    arrays = {name: loaded[name] for name in loaded.files if name != "checksum"}
    metadata = json.loads(arrays.pop("metadata").tobytes())
    names = list(metadata.get("apart", {}))
    for _ in range(int(rng.geometric(0.7))):
        if arrays and rng.random() < 0.5:
            _change_array(arrays, rng)
        elif not isinstance(metadata, dict) or rng.random() < 0.1:
            metadata = changed_value(metadata, rng)
        else:
            # What stands at the door is soon seen; what is behind it matters more.
            name = [key for key in metadata if key not in ("format", "version")][
                rng.integers(len(metadata) - 2)
            ]
            metadata = metadata | {name: changed_value(metadata[name], rng)}
    # Arrays that stand apart have checksums of their own.
    apart = {name: arrays.pop(name) for name in names if name in arrays}
    if apart and isinstance(metadata, dict) and isinstance(metadata.get("apart"), dict):
        own = {name: _digest({name: array}).hex() for name, array in apart.items()}
        metadata = metadata | {"apart": metadata["apart"] | own}
    arrays["metadata"] = np.frombuffer(json.dumps(metadata).encode(), np.uint8)
    arrays["checksum"] = np.frombuffer(_digest(arrays), np.uint8)
    file = io.BytesIO()
    np.savez(file, **arrays, **apart)  # type: ignore[arg-type]  # names
    return file.getvalue()


def _digest(arrays: dict[str, np.ndarray]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {arrays[name].shape}\n".encode())
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.digest()


def changed_value(value: Any, rng: np.random.Generator) -> Any:
    """A JSON value with one place in it changed, lost or doubled."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = list(value)[rng.integers(len(value))]
        action = rng.random()
        if action < 0.1:
            return {key: one for key, one in value.items() if key != name}
        if action < 0.2:
            return value | {f"{name}_": value[name]}
        return value | {name: changed_value(value[name], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = int(rng.integers(len(value)))
        action = rng.random()
        if action < 0.2:
            return value[:place] + value[place + 1 :]
        if action < 0.4:
            return [*value[:place], value[place], value[place], *value[place:]]
        return [*value[:place], changed_value(value[place], rng), *value[place + 1 :]]
    return _VALUES[rng.integers(len(_VALUES))]


def _change_array(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    name = sorted(arrays)[rng.integers(len(arrays))]
    array = arrays[name]
    action = rng.integers(14)
    if action == 0:
        del arrays[name]
    elif action == 1:
        arrays[name] = array.T
    elif action == 2:
        arrays[name] = array[: int(rng.integers(len(array) + 1))] if array.ndim else array
    elif action == 3:
        # Text becomes no number.
        with np.errstate(all="ignore"), contextlib.suppress(ValueError):
            arrays[name] = array.astype(("f8", "f2", "i4", "u1", "?", "c8", "S4", "U2")[rng.integers(8)])
    elif action == 4:
        arrays[name] = np.concatenate([array, array]) if array.ndim else np.zeros(3)
    elif action == 5:
        arrays[name] = array.reshape(-1) if rng.random() < 0.5 else array[..., None, None]
    elif action == 6:
        arrays[f"{name}_more"] = array
    else:
        changed = array.copy()
        if changed.size:
            values = (np.nan, np.inf, -np.inf, 0, -1, 255, 1e30, 3e38)
            with np.errstate(all="ignore"):
                value = np.asarray(values[rng.integers(8)]).astype(changed.dtype)
                count = 1 + int(rng.integers(changed.size if action == 7 else 3))
                changed.reshape(-1)[rng.integers(changed.size, size=count)] = value
        arrays[name] = changed
