"""Nothing is asked about honest returns with the habits of clerks, but for what they truly forgot."""

from collections import Counter

import pytest
from honest import BY_RIGHT, HABITS, WAYS, asked, honest
from rounds import judge

SEEDS = range(1, 81)  # 10,000 were counted by `python -m honest`: docs/returns.md §5


@pytest.mark.parametrize("seed", SEEDS)
def test_an_honest_return_is_read_without_a_question(seed: int) -> None:
    book, ways = honest(seed)
    assert asked(judge(book.data())) <= BY_RIGHT, ways


def test_all_ways_and_habits_are_among_them() -> None:
    tried = Counter(way for seed in SEEDS for way in honest(seed)[1])
    assert set(tried) == {one.__name__ for one in (*WAYS, *HABITS)}
