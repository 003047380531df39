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
