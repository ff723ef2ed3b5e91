"""Several sheets of one person: what is drawn, told and written for a spreadsheet."""

from dataclasses import replace
from datetime import date

import pytest

from tests.core.test_screening import all_at
from trainers.core.errors import DomainError
from trainers.core.screening_file import the_screens
from trainers.core.screens import Scores
from trainers.core.sheets.charts import charts_of, total_chart, uneven_chart
from trainers.core.sheets.progress import as_rows, progress_of, refuse_twins, without_copies
from trainers.core.sheets.sheet import Sheet

SCREENS = the_screens()
FIRST = Sheet(date(2026, 1, 1), all_at(1), "first")
MIDDLE = Sheet(date(2026, 1, 11), all_at(2, leg_raise_left=1))
LAST = Sheet(date(2026, 4, 11), all_at(2, leg_raise_left=3, push_up=3))
BEGUN = Sheet(date(2026, 5, 1), Scores({("push-up", "both"): 2}))


def test_sheets_stand_in_the_order_of_their_days_and_those_with_gaps_are_left_out() -> None:
    progress = progress_of([LAST, BEGUN, FIRST, MIDDLE])
    assert progress.sheets == (FIRST, MIDDLE, LAST)
    assert progress.left_out == (BEGUN,)
    assert progress.totals == [7, 13, 15]
    assert progress.uneven == [0, 1, 1]


def test_pain_on_the_newest_sheet_counts_although_it_was_not_finished() -> None:
    stopped = Sheet(date(2027, 1, 1), Scores({("leg-raise", "left"): 0}))
    assert progress_of([FIRST, LAST, stopped]).painful == stopped
    assert progress_of([FIRST, LAST, BEGUN]).painful is None
    assert progress_of([replace(stopped, screened_on=date(2020, 1, 1)), LAST]).painful is None


def test_the_newest_is_compared_with_the_one_before_and_with_the_first() -> None:
    progress = progress_of([FIRST, MIDDLE, LAST])
    assert progress.latest is not None
    assert progress.overall is not None
    assert (progress.latest.by, progress.overall.by) == (2, 8)
    assert [change.screen.slug for change in progress.latest.notable] == ["leg-raise"]
    assert progress_of([FIRST, LAST]).overall is None
    assert progress_of([FIRST]).latest is None


def test_each_screen_has_a_chart_with_a_line_for_each_side() -> None:
    progress = progress_of([FIRST, MIDDLE, LAST])
    charts = {chart.slug: chart for chart in charts_of(progress, SCREENS.screens)}
    assert len(charts) == 7
    assert [[line.kind for line in chart.lines] for chart in charts.values()].count(["left", "right"]) == 5
    left, right = charts["leg-raise"].lines
    assert [point.value for point in left.points] == [1, 1, 3]
    assert [point.value for point in right.points] == [1, 2, 2]


def test_points_stand_as_far_apart_as_the_days_and_higher_is_up() -> None:
    [line] = total_chart(progress_of([FIRST, MIDDLE, LAST])).lines
    first, middle, last = line.points
    assert (middle.x - first.x) / (last.x - first.x) == pytest.approx(0.1, abs=0.01)
    assert first.y > middle.y > last.y
    for chart in (total_chart(progress_of([FIRST])), uneven_chart(progress_of([FIRST]))):
        [line] = chart.lines
        assert all(0 < point.x < chart.width and 0 < point.y < chart.height for point in line.points)
    assert [tick.value for tick in total_chart(progress_of([FIRST])).ticks] == [0, 7, 14, 21]


def test_a_spreadsheet_gets_the_parts_beside_the_total_and_gaps_stay_empty() -> None:
    header, first, begun = as_rows([BEGUN, replace(FIRST, notes="=1+1")])
    told = dict(zip(header, first, strict=True))
    assert (told["day"], told["label"], told["total of 21"], told["leg-raise-left"]) == (
        "2026-01-01",
        "first",
        7,
        1,
    )
    assert sum(told[f"{screen.slug} counts"] for screen in SCREENS.screens) == 7  # type: ignore[misc]
    told = dict(zip(header, begun, strict=True))
    assert (told["push-up"], told["push-up counts"], told["total of 21"]) == (2, "", "")


def test_two_sheets_of_one_day_are_refused_and_a_copy_is_none() -> None:
    refuse_twins(without_copies([FIRST, FIRST, LAST]))
    with pytest.raises(DomainError, match="are from 1 January 2026"):
        refuse_twins(without_copies([FIRST, replace(FIRST, label="again")]))
