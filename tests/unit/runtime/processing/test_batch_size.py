"""How large batches are, by the time that records took."""

from workers.runtime.processing.batch_size import BatchSizer


def test_batches_grow_slowly_and_shrink_at_once() -> None:
    sizer = BatchSizer(100, 1.0)
    limits = []
    for _ in range(6):
        sizer.observe(sizer.limit, 0.001 * sizer.limit)
        limits.append(sizer.limit)
    assert limits == [8, 16, 32, 64, 100, 100]
    sizer.observe(10, 100.0)
    assert sizer.limit == 1
    sizer.observe(0, 5.0)
    assert sizer.limit == 1


def test_batches_never_go_beyond_their_limit() -> None:
    sizer = BatchSizer(2, 1.0)
    sizer.observe(2, 0.0)
    assert sizer.limit == 2
