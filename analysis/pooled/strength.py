"""How strong the advice of a pooled run is: what it would cost, and whether one source decides."""

from analysis.advice import SURE_ENOUGH
from analysis.pooled.record import InfluenceRecord, PooledRecord, ProfileRecord, VariantRecord
from analysis.stats.results import Status, Verdict

# With fewer than this many experiments one odd one weighs heavily.
ENOUGH_EXPERIMENTS = 3
BETTER = {Verdict.CLEARLY_BETTER, Verdict.PROBABLY_BETTER}


def find_best(part: ProfileRecord | None) -> VariantRecord | None:
    """Return the variant of least expected regret, when its figures can be used."""
    found = part.advised if part else None
    if found is None or found.status != Status.OK or found.against is None:
        return None
    return None if None in (found.expected_regret, found.p_within_margin) else found


def is_thin(best: VariantRecord) -> bool:
    """Tell whether the best one was tried in one lab only, or in a few experiments."""
    counted = best.counted
    return counted.labs == 1 or 0 < counted.experiments < ENOUGH_EXPERIMENTS


def is_safe(best: VariantRecord, margin: float) -> bool:
    """Tell whether choosing the best one costs little, whichever is best in truth.

    Where nothing is clear, one place or two experiments are no ground to say so.
    """
    is_near = best.expected_regret < margin and best.p_within_margin >= SURE_ENOUGH
    return is_near and (best.verdict == Verdict.CLEARLY_BETTER or not is_thin(best))


def list_decisive(record: PooledRecord) -> tuple[InfluenceRecord, ...]:
    """Return the labs and experiments without which there would be worse advice, or none."""
    return tuple(one for one in record.influence or () if _is_decisive(one, record))


def _is_decisive(one: InfluenceRecord, record: PooledRecord) -> bool:
    part = record.find_profile(one.profile)
    best = find_best(part)
    if best is None or not (best.verdict in BETTER or is_safe(best, record.margin)):
        return False
    other = next((held for held in part.variants if held.variant == one.without), None)
    if other is None or other.expected_regret is None:
        return True
    # Between two that differ by less than matters, any small thing turns the choice.
    return other.expected_regret - best.expected_regret >= record.margin
