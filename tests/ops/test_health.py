"""The bot's pulse."""

from datetime import UTC, datetime, timedelta

from bot.ops.health import Pulse


async def test_a_pulse_beats_after_every_job_and_fades_without():
    now = datetime(2025, 10, 28, 12, tzinfo=UTC)
    pulse = Pulse(lambda: now)

    async def job() -> None:
        return None

    now += timedelta(minutes=9)
    assert pulse.alive()
    await pulse.after(job)()
    now += timedelta(minutes=9)
    assert pulse.alive()
    now += timedelta(minutes=2)
    assert not pulse.alive()
