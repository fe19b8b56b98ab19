"""A comparison read from the other side."""

from analysis.exports.table import Row

SIGNED = {
    "difference": "difference",
    "difference_lower": "difference_upper",
    "difference_upper": "difference_lower",
    "simultaneous_lower": "simultaneous_upper",
    "simultaneous_upper": "simultaneous_lower",
    "prediction_difference_lower": "prediction_difference_upper",
    "prediction_difference_upper": "prediction_difference_lower",
}
VERDICTS = {
    "clearly_better": "clearly_worse",
    "clearly_worse": "clearly_better",
    "probably_better": "probably_worse",
    "probably_worse": "probably_better",
}


def turn(row: Row) -> Row:
    """Return what a row says of one variant less another, as the other less the one."""
    turned = dict(row)
    for name, source in SIGNED.items():
        if name in row:
            value = row[source]
            turned[name] = None if value is None else 0.0 - value
    verdict = row.get("verdict")
    return turned | {"verdict": VERDICTS.get(verdict, verdict)}
