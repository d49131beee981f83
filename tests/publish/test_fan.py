"""Drawings of the members together: in their frame, in order, mirrored in Arabic."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from clearway.model.scenario import Scenario
from clearway.publish.axes import NARROW, SMALL, WIDE, Axes, Size, between, hours_marked
from clearway.publish.course import Course, course, sessions
from clearway.publish.days import Calendar
from clearway.publish.fan import BANDS, Chart, fan, held, hours, over_day
from clearway.publish.walks import walks
from clearway.publish.words import words
from tests.publish.ensembles import blank
from tests.publish.pages import town, town_ensemble


def town_course() -> Course:
    """Return the course of the town's plan."""
    scenario, plan, verdict = town()
    return course(scenario, walks(scenario, plan), verdict)


def calendar(lang: str = "en", scenario: Scenario | None = None) -> Calendar:
    """Return the days and hours of the town, or of another scenario."""
    return Calendar(scenario or town()[0], words(lang))


def town_fan(lang: str = "en", size: Size = WIDE) -> Chart:
    """Return the drawing of people out."""
    return fan(town_ensemble(), town_course(), calendar(lang), size)


def queues(lang: str = "en", limits: dict[str, float] | None = None) -> Chart:
    """Return the drawing of those who wait at the first mouth."""
    ensemble = town_ensemble()
    spans = held(town_course().sessions, ensemble)
    told = {"limit": 1000.0} if limits is None else limits
    return over_day(ensemble.queue[:, :, 0], ensemble.bin_s, spans, calendar(lang), SMALL, told)


def points(path: str) -> NDArray[np.float64]:
    """Return the points of a path."""
    return np.array([float(part) for part in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("drawn", ["wide", "narrow", "queue"])
def test_everything_stays_inside_its_frame(lang: str, drawn: str) -> None:
    charts = {
        "wide": lambda: town_fan(lang, WIDE),
        "narrow": lambda: town_fan(lang, NARROW),
        "queue": lambda: queues(lang),
    }
    chart = charts[drawn]()
    size = chart.size
    for _, path in (*chart.bands, *chart.lines):
        at = points(path)
        assert (at[:, 0] >= 0).all()
        assert (at[:, 0] <= size.width).all()
        assert (at[:, 1] >= size.head - 0.1).all()
        assert (at[:, 1] <= size.height - size.foot + 0.1).all()
    assert len(chart.panels) == 2
    assert len(chart.ticks) >= 2
    assert {chart.start, chart.end} <= set(np.arange(size.width + 1.0).tolist())


def test_bands_lie_one_in_the_other() -> None:
    chart = town_fan()
    assert [name for name, _ in chart.bands] == ["q90", "q80", "q50"]
    spans = [points(path)[:, 1] for _, path in chart.bands]
    assert all((wide.min() <= near.min()) for wide, near in itertools.pairwise(spans))
    areas = [area(path) for _, path in chart.bands]
    assert areas == sorted(areas, reverse=True)
    assert areas[-1] > 0


def area(path: str) -> float:
    """Return the area of a closed path's parts (shoelace)."""
    found = 0.0
    for part in path.split("Z")[:-1]:
        x, y = points(part).T
        found += abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
    return found


def test_the_planned_line_ends_at_the_people_promised_and_is_above_the_median() -> None:
    chart = town_fan()
    lines = dict(chart.lines)
    foot = chart.size.height - chart.size.foot
    planned, median = points(lines["planned"]), points(lines["median"])
    ensemble, promised = town_ensemble(), town()[2].people_out
    ratio = (foot - median[-1, 1]) / (foot - planned[-1, 1])
    assert ratio == pytest.approx(np.median(ensemble.people_out) / promised, abs=0.02)
    assert planned[0, 1] == foot


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_arabic_is_the_mirror_of_english(size: Size) -> None:
    english, arabic = town_fan("en", size), town_fan("ar", size)
    for one, other in zip(english.lines, arabic.lines, strict=True):
        left, right = points(one[1]), points(other[1])
        assert np.allclose(left[:, 0], size.width - right[:, 0])
        assert np.allclose(left[:, 1], right[:, 1])
    assert english.start == size.width - arabic.start
    assert english.end == size.width - arabic.end
    assert [tick.at for tick in english.ticks] == [tick.at for tick in arabic.ticks]


def test_a_limit_without_end_is_no_line() -> None:
    chart = queues(limits={"limit": 500.0, "alarm": float("inf")})
    assert [line.name for line in chart.levels] == ["limit"]
    assert queues(limits={}).levels == ()


def test_the_top_holds_the_highest_of_lines_and_band() -> None:
    low = queues(limits={"alarm": 10.0})
    high = queues(limits={"alarm": 1e6})
    assert min(points(low.bands[0][1])[:, 1]) < min(points(high.bands[0][1])[:, 1])
    assert high.levels[0].y > high.size.head


def test_sessions_are_drawn_until_the_last_closing_of_any_member(two_days: Scenario) -> None:
    announced = sessions(two_days)
    start = blank(two_days)
    assert held(announced, start) == announced
    closes = start.closes_s.copy()
    closes[2, 0] += 5400
    later = held(announced, replace(start, closes_s=closes))
    assert [one.closes_s for one in later] == [announced[0].closes_s + 5400, announced[1].closes_s]
    closes[1, 0] = announced[1].opens_s + 100
    overrun = held(announced, replace(start, closes_s=closes))
    assert overrun[0].closes_s <= announced[1].opens_s


def test_a_window_that_never_opened_draws_nothing_longer(two_days: Scenario) -> None:
    start = blank(two_days)
    late = start.closes_s + 9000
    never = replace(start, opens_s=late, closes_s=late)
    assert held(sessions(two_days), never) == sessions(two_days)


def test_hours_are_quantiles_at_round_moments_and_at_the_end() -> None:
    ensemble, happened = town_ensemble(), town_course()
    found = list(hours(ensemble, happened, calendar()))
    spans = held(happened.sessions, ensemble)
    assert {span.closes_s for span in spans} <= {one.at_s for one in found}
    for one in found:
        assert list(one.quantiles) == sorted(one.quantiles)
    ends = [one for one in found if one.at_s == spans[-1].closes_s]
    assert ends[0].quantiles[2] == pytest.approx(np.median(ensemble.people_out))
    assert ends[0].planned == pytest.approx(town()[2].people_out)
    medians = [one.quantiles[2] for one in found]
    assert medians == sorted(medians)
    assert len(found[0].quantiles) == 2 * len(BANDS) - 1


def test_nobody_is_planned_out_before_the_first_slot_has_ended() -> None:
    ensemble, happened = town_ensemble(), town_course()
    first = next(iter(hours(ensemble, happened, calendar())))
    out = happened.out.sum(axis=0)
    done = np.flatnonzero(happened.from_s + happened.slot_s <= first.at_s)
    assert first.planned == pytest.approx(out[done[-1]] if len(done) else 0.0)


@pytest.mark.parametrize(("marks", "minutes"), [(2, 60), (3, 30), (6, 15)])
def test_hours_marked_are_round(marks: int, minutes: int) -> None:
    one = sessions(town()[0])[0]
    found = hours_marked(calendar(), one, marks)
    assert found
    assert len(found) <= marks + 1
    for second in found:
        moment = town()[0].moment(second)
        assert (moment.hour * 60 + moment.minute) % minutes == 0
        assert one.opens_s < second < one.closes_s


def test_a_band_is_the_upper_run_after_the_lower_one_turned() -> None:
    assert between("0 9 1 8", "0 5 1 4") == "M1 8 0 9 0 5 1 4Z"


def test_heights_are_round_and_begin_at_zero() -> None:
    for top in (1.0, 7.0, 99.0, 1234.0, 250_000.0):
        axes = Axes(sessions(town()[0]), calendar(), WIDE, top)
        texts = [float(tick.text.replace(",", "")) for tick in axes.ticks()]
        assert texts[0] == 0
        assert texts == sorted(texts)
        assert texts[-1] <= top
        assert len({round(b - a, 6) for a, b in itertools.pairwise(texts)}) <= 1
