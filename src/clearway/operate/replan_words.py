"""What a plan made anew says of itself."""

from __future__ import annotations

from clearway.model.facts import Text
from clearway.model.scenario import Scenario

#: Isolates a number or a time in Arabic text (Unicode UAX 9): first strong isolate, and its end.
_OPEN, _CLOSE = "\u2068", "\u2069"


def reason(scenario: Scenario, now_s: int, out: tuple[int, int], most: float) -> Text:
    """Return how good a plan made anew is.

    Parameters
    ----------
    scenario, now_s
        Of the plan.
    out
        Persons whom the replay brings out, and those who are expected to come.
    most
        Persons that no plan from now on exceeds.
    """
    at = f"{scenario.moment(now_s):%Y-%m-%d %H:%M}"
    people, willing = (f"{one:,}" for one in out)
    bound = f"{int(most):,}"
    return Text(
        f"Made anew at {at}: {people} of {willing} people expected to come are brought out; no"
        f" plan from then on brings out more than {bound}.",
        f"أُعيد إعداد الخطة في {_apart(at)}: تتيح إخراج {_apart(people)} من أصل {_apart(willing)}"
        f" شخص يُتوقَّع حضورهم؛ ولا يمكن لأي خطة منذ ذلك الحين إخراج أكثر من {_apart(bound)}.",
    )


def _apart(told: str) -> str:
    return f"{_OPEN}{told}{_CLOSE}"
