"""The pool is bounded: full means Overloaded at once, and room comes back."""

import asyncio
import threading

import pytest

from handfast.base.errors import Overloaded
from handfast.web.pool import WorkPool


def test_a_full_pool_refuses_at_once_and_recovers() -> None:
    async def scenario() -> None:
        pool, gate = WorkPool(workers=1, waiting=1), threading.Event()
        running = [asyncio.create_task(pool.run(gate.wait, 10.0)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await pool.run(int)
        gate.set()
        assert await asyncio.gather(*running) == [True, True]
        await asyncio.sleep(0)
        assert await pool.run(int) == 0
        pool.close()

    asyncio.run(scenario())


def test_a_failure_in_the_pool_reaches_the_caller_and_frees_its_place() -> None:
    def fail() -> None:
        raise ValueError("no")

    async def scenario() -> None:
        pool = WorkPool(workers=1, waiting=0)
        for _ in range(3):
            with pytest.raises(ValueError, match="no"):
                await pool.run(fail)
            await asyncio.sleep(0)
        pool.close()

    asyncio.run(scenario())


def test_a_photo_goes_before_frames_that_came_earlier() -> None:
    async def scenario() -> None:
        pool, gates, order = WorkPool(workers=1, waiting=8), [threading.Event() for _ in range(2)], list[str]()
        busy = [
            asyncio.create_task(run(gate.wait, 10.0))
            for run, gate in zip((pool.run, pool.run_guiding), gates, strict=True)
        ]
        await asyncio.sleep(0.05)
        frames = [asyncio.create_task(pool.run_guiding(order.append, name)) for name in ("frame 1", "frame 2")]
        await asyncio.sleep(0.01)
        photo = asyncio.create_task(pool.run(order.append, "photo"))
        await asyncio.sleep(0.01)
        gates[0].set()
        await asyncio.gather(busy[0], photo, *frames)
        assert order == ["photo", "frame 1", "frame 2"]
        gates[1].set()
        await busy[1]
        pool.close()

    asyncio.run(scenario())


def test_a_frame_is_looked_at_while_photos_keep_the_workers_busy() -> None:
    async def scenario() -> None:
        pool, gate = WorkPool(workers=2, waiting=8), threading.Event()
        photos = [asyncio.create_task(pool.run(gate.wait, 10.0)) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert await asyncio.wait_for(pool.run_guiding(int), 5.0) == 0
        assert not any(photo.done() for photo in photos)
        gate.set()
        assert all(await asyncio.gather(*photos))
        pool.close()

    asyncio.run(scenario())


class Told:
    """What the pool told."""

    def __init__(self) -> None:
        self.took = list[float]()
        self.waited = list[int]()

    def waited_for(self, more: int) -> None:
        self.waited.append(more)

    def answered(self, seconds: float) -> None:
        self.took.append(seconds)


def test_the_pool_tells_how_long_each_frame_took_and_what_else_is_waited_for() -> None:
    def fail() -> None:
        raise ValueError("no")

    async def scenario() -> None:
        told = Told()
        pool = WorkPool(workers=1, waiting=1, watch=told)
        await pool.run_guiding(int)
        assert not told.waited
        await pool.run(int)
        with pytest.raises(ValueError, match="no"):
            await pool.run(fail)
        pool.close()
        assert len(told.took) == 1
        assert told.took[0] >= 0.0
        assert told.waited == [1, -1, 1, -1]

    asyncio.run(scenario())


def test_frames_leave_half_the_line_to_photos() -> None:
    async def scenario() -> None:
        pool, gate = WorkPool(workers=1, waiting=4), threading.Event()
        running = [asyncio.create_task(pool.run_guiding(gate.wait, 10.0)) for _ in range(3)]
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await pool.run_guiding(int)
        running += [asyncio.create_task(pool.run(gate.wait, 10.0)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await pool.run(int)
        gate.set()
        assert all(await asyncio.gather(*running))
        pool.close()

    asyncio.run(scenario())


def test_who_waits_when_the_pool_closes_is_not_left_waiting() -> None:
    async def scenario() -> None:
        pool, gate = WorkPool(workers=1, waiting=2), threading.Event()
        running = asyncio.create_task(pool.run(gate.wait, 10.0))
        await asyncio.sleep(0.01)
        waiting = asyncio.create_task(pool.run(int))
        await asyncio.sleep(0.01)
        closing = asyncio.create_task(asyncio.to_thread(pool.close))
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.set()
        await closing
        assert await running

    asyncio.run(scenario())
