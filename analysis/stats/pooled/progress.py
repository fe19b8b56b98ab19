"""Telling how far a fit is, so that whoever waits for it can see it, or stop it."""

from collections.abc import Callable

# Takes the share that is done; what it raises ends the fit.
OnProgress = Callable[[float], None]


def part_of(on_progress: OnProgress | None, start: float, end: float) -> OnProgress | None:
    """Return a callback for a part of the work, which runs from one share to another."""
    if on_progress is None:
        return None
    return lambda share: on_progress(start + (end - start) * share)
