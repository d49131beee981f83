"""The trials of recorded cases as a table that people read, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import groupby
from typing import Final

from clearway.publish.isolate import clean, isolate
from clearway.study.trials import INTERVAL, History, Trial

FORMAT: Final = "clearway-history/1"
_HEAD: Final = ("when", "80 % interval", "median", "recorded", "at or below", "")


def history_table(history: History, lang: str) -> str:
    """Return the table in ``lang``, which is ``en`` or ``ar``; numbers in Arabic are isolated."""
    write = _arabic if lang == "ar" else _english
    return write(history)


def history_json(history: History) -> str:
    """Return the trials and the count of hits as JSON in ASCII."""
    hits = history.hits
    return json.dumps(
        {
            "format": FORMAT,
            "members": history.members,
            "seed": history.seed,
            "interval": INTERVAL,
            "hits": hits.hits,
            "trials_in_all": hits.of,
            "hits_expected": round(history.expected_hits, 6),
            "hit_share_lower95": round(hits.lower(0.975), 6),
            "hit_share_upper95": round(hits.upper(0.975), 6),
            "trials": [_row(trial) for trial in history.trials],
        },
        indent=2,
    )


def _row(trial: Trial) -> dict[str, object]:
    told = trial.recorded
    return {
        "case": trial.case,
        "label": {"en": told.label.en, "ar": told.label.ar},
        "begins": told.begins.isoformat(),
        "ends": told.ends.isoformat(),
        "low": round(trial.low, 3),
        "median": round(trial.median, 3),
        "high": round(trial.high, 3),
        "recorded": told.persons,
        "counts": told.counts,
        "busiest_h": None if told.busiest_s is None else told.busiest_s / 3600,
        "at_or_below": round(trial.below.value, 6),
        "hit": trial.hit,
        "source": told.source,
    }


def _english(history: History) -> str:
    lines = [
        f"History as a test: people out, {history.members:,} members a case, seed {history.seed}",
        *_by_case(history, _english_rows, "en"),
        "",
        _english_hits(history),
        "Records of one case hang together, so this says less than as many cases would.",
    ]
    return "\n".join(lines)


def _by_case(history: History, rows: Callable[[list[Trial]], list[str]], lang: str) -> list[str]:
    lines: list[str] = []
    for case, trials in groupby(history.trials, key=lambda trial: trial.case):
        of_case = list(trials)
        title = clean(of_case[0].title.say(lang))
        # In Arabic a bracket after a number would be taken into the number's isolate.
        named = f"{title}، {case}" if lang == "ar" else f"{title} ({case})"
        lines += ["", named, *rows(of_case)]
    return lines


def _english_rows(trials: list[Trial]) -> list[str]:
    cells = [_HEAD, *map(_english_cells, trials)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    lines = []
    for row in cells:
        first, *others = (
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join([first, *others]).rstrip())
    return lines


def _english_cells(trial: Trial) -> tuple[str, ...]:
    return (
        clean(trial.recorded.label.en),
        f"{trial.low:,.0f} to {trial.high:,.0f}",
        f"{trial.median:,.0f}",
        f"{trial.recorded.persons:,}",
        _percent(trial.below.value),
        "hit" if trial.hit else "MISS",
    )


def _english_hits(history: History) -> str:
    hits = history.hits
    return (
        f"hits: {hits.hits} of {hits.of}; intervals that are right would hit "
        f"{history.expected_hits:.1f} (share hit {_percent(hits.value)}, 95 % interval "
        f"{_percent(hits.lower(0.975))} to {_percent(hits.upper(0.975))})"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _arabic(history: History) -> str:
    head = (
        f"التاريخ اختبارًا: عدد الخارجين، {history.members:,} محاكاة لكل حالة، البذرة {history.seed}"
    )
    rest = "أرقام الحالة الواحدة مترابطة، فدلالتها أقل من دلالة عدد مماثل من الحالات المستقلة."
    lines = [head, *_by_case(history, _arabic_rows, "ar"), "", _arabic_hits(history), rest]
    return "\n".join(map(isolate, lines))


def _arabic_hits(history: History) -> str:
    hits = history.hits
    return (
        f"ضمن المجال: {hits.hits} من {hits.of}؛ ولو صحّت المجالات لبلغ العدد المتوقع "
        f"{history.expected_hits:.1f} (النسبة {_percent(hits.value)}، ومجال الثقة 95 % "
        f"من {_percent(hits.lower(0.975))} إلى {_percent(hits.upper(0.975))})"
    )


def _arabic_rows(trials: list[Trial]) -> list[str]:
    return [
        f"  {clean(trial.recorded.label.ar)}: مجال 80 % من {trial.low:,.0f} إلى "
        f"{trial.high:,.0f}، الوسيط {trial.median:,.0f}، المسجَّل {trial.recorded.persons:,}، "
        f"نسبة عمليات المحاكاة التي لا تتجاوزه {_percent(trial.below.value)}: "
        f"{'ضمن المجال' if trial.hit else 'خارج المجال'}"
        for trial in trials
    ]
