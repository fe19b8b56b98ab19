"""Starting the waves in which shares and variants stay as they are."""

from datetime import date

from sqlmodel import Session

from experiments.models.experiments import Experiment, Wave, WaveShare
from experiments.progress import divide_shares
from experiments.queries import waves as queries
from experiments.queries.variants import list_variant_rows


def ensure_wave(session: Session, experiment: Experiment) -> Wave:
    """Return the wave that is running, starting the first one where there is none."""
    found = queries.find_last_wave(session, experiment.id)
    return found or start_first_wave(session, experiment)


def start_first_wave(session: Session, experiment: Experiment) -> Wave:
    """Start the first wave with the shares of the design, equal where none are given."""
    return _start_wave(session, experiment, 1, experiment.starts_on)


def share_out(session: Session, experiment_id: int) -> dict[int, float]:
    """Return the chance of each variant to be given, as the design has it now."""
    return divide_shares(list_variant_rows(session, experiment_id))


def follow_variants(
    session: Session, experiment: Experiment, before: dict[int, float], on: date
) -> None:
    """Let the waves follow a change of the variants or of the shares that they had before."""
    wave = queries.find_last_wave(session, experiment.id)
    wanted = share_out(session, experiment.id)
    if wave is None or wanted == before:
        return
    # What was counted under other shares must not be added to what comes now.
    if queries.has_observations(session, wave.id):
        _start_wave(session, experiment, wave.number + 1, on)
        return
    for row in queries.list_wave_shares(session, wave.id):
        session.delete(row)
    session.flush()
    _add_shares(session, wave, wanted)


def _start_wave(session: Session, experiment: Experiment, number: int, on: date | None) -> Wave:
    wave = Wave(experiment_id=experiment.id, number=number, starts_on=on)
    session.add(wave)
    session.flush()
    _add_shares(session, wave, share_out(session, experiment.id))
    return wave


def _add_shares(session: Session, wave: Wave, shares: dict[int, float]) -> None:
    for variant_id, share in shares.items():
        session.add(WaveShare(wave_id=wave.id, variant_id=variant_id, share=share))
    session.flush()
