"""Who consented to what, as known at a moment: the scenario's consents, and those of the log."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clearway.model.agreement import GIVEN, Consent
from clearway.model.facts import Text
from clearway.model.scenario import Scenario
from clearway.operate.state_said import Saying


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent that stands.

    Attributes
    ----------
    consent
        With the corridors for which nothing later was said by the same party at its level.
    saying
        Which told it; None if the scenario did.
    """

    consent: Consent
    saying: Saying | None


def known_consents(
    scenario: Scenario, sayings: Sequence[Saying]
) -> tuple[tuple[Standing, ...], tuple[Saying, ...]]:
    """Return the consents that stand, and the records that cannot be used.

    What a party says at a level about a corridor takes the place of what it said before about
    that corridor, in the scenario or in the log; what it said about others stays.

    Parameters
    ----------
    scenario
        With its consents and contacts.
    sayings
        Of kind ``consent``, in order, until now.
    """
    standing = [Standing(one, None) for one in scenario.agreement.consents]
    corridors = {one.id for one in scenario.corridors}
    parties = known_parties(scenario)
    strange = []
    for one in sayings:
        about = one.event.about
        proved = about["state"] != GIVEN or bool(about["evidence"].strip())
        named = tuple(dict.fromkeys(about["corridors"]))
        if not proved or not named or set(named) - corridors:
            strange.append(one)
            continue
        consent = _consent(one, party_named(about["party"], parties), named)
        standing = [left for old in standing if (left := _without(old, consent)) is not None]
        taken = {old.consent.id for old in standing}
        standing.append(Standing(dataclasses.replace(consent, id=_free(consent.id, taken)), one))
    return tuple(standing), tuple(strange)


def known_parties(scenario: Scenario) -> tuple[Text, ...]:
    """Return the parties that the scenario names, each once."""
    agreement = scenario.agreement
    named = [one.party for one in agreement.consents] + [one.party for one in agreement.contacts]
    return tuple(dict.fromkeys(named))


def party_named(name: str, parties: Sequence[Text]) -> Text:
    """Return the party that a record names in either language; a new one if nobody knows it."""
    wanted = name.strip().casefold()
    for party in parties:
        if wanted in {party.en.strip().casefold(), party.ar.strip().casefold()}:
            return party
    return Text(name.strip(), name.strip())


def _consent(one: Saying, party: Text, corridors: tuple[str, ...]) -> Consent:
    about = one.event.about
    expires = about["expires"]
    return Consent(
        id=about["id"],
        party=party,
        level=about["level"],
        corridors=corridors,
        state=about["state"],
        evidence=about["evidence"],
        expires=None if expires is None else datetime.fromisoformat(expires),
        source=f"log: record {one.record.hash[:8]}",
    )


def _without(old: Standing, new: Consent) -> Standing | None:
    """Return what is left of a consent when the same party speaks again; None for nothing."""
    consent = old.consent
    if (consent.party, consent.level) != (new.party, new.level):
        return old
    left = tuple(one for one in consent.corridors if one not in new.corridors)
    if left == consent.corridors:
        return old
    return Standing(dataclasses.replace(consent, corridors=left), old.saying) if left else None


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}/{number}", number + 1
    return free
