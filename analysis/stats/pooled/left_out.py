"""What influence is judged by; apart, so that pages can name it without loading the estimator."""

from enum import StrEnum


class LeftOut(StrEnum):
    """What is left out at a time."""

    LAB = "lab"
    EXPERIMENT = "experiment"
