"""A return's points: its score card under each policy, and what becomes of them in the end."""

from collections.abc import Iterator, Mapping

from sanjin_xl.judge import scoring
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.judge.scoring import ScoreCard
from sanjin_xl.model.points import rescaled
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.rules import Rules
from sanjin_xl.review.rulings import Ruling, excluded


class Cards(Mapping[str, ScoreCard]):
    """A return's score card per policy id, with the points of some items fixed by the city.

    Only the card under the round's own policy is kept, another is made whenever it is asked for: those of a nation
    would take as much memory as all of its answers.
    """

    __slots__ = ("_fixed", "_form", "_outcome", "_own", "_policies")

    def __init__(self, rules: Rules, outcome: Outcome, fixed: Mapping[int, int]) -> None:
        # Not the rules themselves: a unit's cards go to other processes, and name no other unit.
        self._form, self._policies, self._outcome, self._fixed = rules.form, rules.policies, outcome, fixed
        self._own = self._made(rules.policy)

    def __getitem__(self, policy: str) -> ScoreCard:
        return self._own if policy == self._own.policy else self._made(self._policies[policy])

    def _made(self, policy: Policy) -> ScoreCard:
        outcome = self._outcome
        assert outcome.submission is not None
        doubts = outcome.in_doubt, policy, outcome.not_found, outcome.not_yet
        card = scoring.score(self._form, outcome.submission, *doubts)
        return card.ruled(self._fixed) if self._fixed else card

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)


class Final:
    """What becomes of points in the end: rescaled to the points that can be had, less what lateness costs."""

    def __init__(self, rules: Rules, outcome: Outcome, rulings: Mapping[int, Ruling]) -> None:
        left_out = sum(rules.form.item(number).points for number in excluded(rules, rulings))
        self._full = rules.form.points
        self.applicable = self._full - left_out
        self.deduction = (outcome.days_late or 0) * rules.late_deduction

    def score(self, points: int) -> int:
        return max(0, rescaled(points, self.applicable, self._full) - self.deduction)
