"""Make nouns of what may come, what is accepted and what is on record; units become SI here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from clearway.model.agreement import (
    Agreement,
    Consent,
    Decider,
    Hazard,
    Notification,
    Provision,
)
from clearway.model.facts import Estimate, Text
from clearway.model.thresholds import Threshold, Thresholds
from clearway.model.uncertainty import Uncertainty
from clearway.read.schema import (
    BothTongues,
    ConsentTable,
    DeciderTable,
    HazardTable,
    NotificationTable,
    ProvisionTable,
    Range,
    ThresholdsTable,
    UncertaintyTable,
)

_HOUR_S: Final = 3600.0
_MINUTE_S: Final = 60.0

#: Fields of nouns by the keys that are in other units, and how many SI units make one of those.
IN_SECONDS: Final = {
    "start_delay_h": ("start_delay_s", _HOUR_S),
    "extension_h": ("extension_s", _HOUR_S),
    "notice_min": ("notice_s", _MINUTE_S),
    "lateness_min": ("lateness_s", _MINUTE_S),
    "wait_min": ("wait_s", _MINUTE_S),
}


def text_of(words: BothTongues) -> Text:
    """Return words in two languages as a noun."""
    return Text(words.en, words.ar)


def estimate_of(of: Range[Any], *, times: float = 1, per: float = 1) -> Estimate:
    """Return a number with its range, each ``times`` one factor and ``per`` another."""
    low, central, high = (value * times / per for value in (of.low, of.central, of.high))
    return Estimate(low, central, high, of.source, of.shape)


def uncertainty_of(table: UncertaintyTable) -> Uncertainty:
    """Return what may come otherwise; what the table leaves out comes as announced."""
    told = {}
    for key in type(table).model_fields:
        of = getattr(table, key)
        field, times = IN_SECONDS.get(key, (key, 1.0))
        if of is not None:
            told[field] = estimate_of(of, times=times)
    return Uncertainty(**told)


def thresholds_of(table: ThresholdsTable) -> Thresholds:
    """Return what is accepted; what the table leaves out has the usual limits."""
    told: dict[str, Any] = {}
    for key in type(table).model_fields:
        of = getattr(table, key)
        field, times = IN_SECONDS.get(key, (key, 1.0))
        if of is not None and key != "turned_back_weight":
            told[field] = Threshold(of.go * times, of.bar * times, of.source)
    weight = table.turned_back_weight
    if weight is not None:
        told |= {
            "turned_back_weight": weight.value,
            "turned_back_weight_source": weight.source,
        }
    return Thresholds(**told)


def agreement_of(
    consents: list[ConsentTable],
    hazards: list[HazardTable],
    provisions: list[ProvisionTable],
    notification: NotificationTable | None,
    decider: DeciderTable | None,
    local: ZoneInfo,
) -> Agreement:
    """Return what is on record, its moments in ``local`` time."""
    return Agreement(
        consents=tuple(_consent(one, local) for one in consents),
        hazards=tuple(
            Hazard(one.corridor, text_of(one.text), one.bars, one.source) for one in hazards
        ),
        provisions=tuple(Provision(text_of(one.text), one.source) for one in provisions),
        notification=_notification(notification, local),
        decider=_decider(decider, local),
    )


def _consent(table: ConsentTable, local: ZoneInfo) -> Consent:
    return Consent(
        id=table.id,
        party=text_of(table.party),
        level=table.level,
        corridors=tuple(table.corridors),
        state=table.state,
        evidence=table.evidence or "",
        expires=_moment(table.expires, local),
        source=table.source,
    )


def _notification(table: NotificationTable | None, local: ZoneInfo) -> Notification | None:
    if table is None:
        return None
    lead = timedelta(seconds=round(table.lead_h * _HOUR_S))
    return Notification(_moment(table.sent, local), lead, table.source)


def _decider(table: DeciderTable | None, local: ZoneInfo) -> Decider | None:
    if table is None:
        return None
    return Decider(text_of(table.role), _moment(table.review, local))


def _moment(moment: datetime | None, local: ZoneInfo) -> datetime | None:
    return moment.astimezone(local) if moment is not None else None
