"""One thread for linear algebra: more of them make many small systems slower, not faster."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

_PREFIXES = ("scipy_openblas_", "openblas_")
_SUFFIXES = ("64_", "_64", "")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let numpy's OpenBLAS use one thread; without OpenBLAS nothing changes."""
    found = _find_controls()
    if found is None:
        yield
        return
    read, write = found
    before = read()
    write(1)
    try:
        yield
    finally:
        write(before)


@lru_cache
def _find_controls() -> tuple[Callable, Callable] | None:
    """Return the functions that read and set the number of threads of numpy's own library."""
    for path in _list_libraries():
        try:
            library = ctypes.CDLL(str(path))
        except OSError:
            continue
        for prefix in _PREFIXES:
            for suffix in _SUFFIXES:
                names = [f"{prefix}{verb}_num_threads{suffix}" for verb in ("get", "set")]
                if all(hasattr(library, name) for name in names):
                    return getattr(library, names[0]), getattr(library, names[1])
    return None


def _list_libraries() -> list[Path]:
    home = Path(np.__file__).parent
    places = (
        (home.parent / "numpy.libs", home / ".dylibs")
        if sys.platform != "win32"
        else (home.parent / "numpy.libs",)
    )
    return [path for place in places if place.is_dir() for path in place.glob("*openblas*")]
