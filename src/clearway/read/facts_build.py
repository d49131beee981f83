"""What an import assumed, told to the reader of the scenario in both languages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clearway.model.facts import Fact, Text
from clearway.read.corridors_build import Way
from clearway.read.highway import HIGHWAYS
from clearway.read.network_build import Built
from clearway.read.pieces import Pieces
from clearway.read.recipe import ImportOptions, Recipe
from clearway.read.streets import Streets


def import_facts(recipe: Recipe, streets: Streets) -> tuple[Fact, ...]:
    """Return a fact for the outline, the people, and every rule that the import followed."""
    return (
        *_people_facts(recipe),
        *_group_facts(recipe),
        *_street_facts(streets),
        *_way_facts(recipe.options),
    )


def street_facts(built: Built) -> tuple[Fact, ...]:
    """Return a fact for each class of street in the network: the figures it was given."""
    found = np.unique(built.network.links.facility).tolist()
    return tuple(_class_fact(name) for name in HIGHWAYS if name in found)


def found_facts(
    recipe: Recipe, pieces: Pieces, kept: NDArray[np.bool_], ways: tuple[Way, ...]
) -> tuple[Fact, ...]:
    """Return what the streets made of the recipe: where people live, what is cut off, what moved.

    Parameters
    ----------
    recipe
        What was wanted.
    pieces
        Streets inside and outside.
    kept
        Shape (m,), the pieces that became links.
    ways
        One a mouth.
    """
    return (_homes(pieces, kept), _cut_off(pieces, kept), _moved(recipe, ways))


def _homes(pieces: Pieces, kept: NDArray[np.bool_]) -> Fact:
    source = "assumed: no count of people by neighbourhood was used"
    if (pieces.inside & kept & pieces.flags("residential")).any():
        text = Text(
            "People live along residential streets, evenly by length.",
            "يتوزّع السكان على الشوارع السكنية بالتساوي بحسب طولها.",
        )
    else:
        text = Text(
            "The data names no residential streets: people live along all streets, evenly.",
            "لا تحدد البيانات شوارع سكنية: يتوزّع السكان على كل الشوارع بالتساوي.",
        )
    return Fact("zones", text, source)


def _cut_off(pieces: Pieces, kept: NDArray[np.bool_]) -> Fact:
    lost = float(pieces.length_m[pieces.inside & ~kept].sum())
    share = f"{lost / float(pieces.length_m[pieces.inside].sum()):.1%}"
    return Fact(
        "streets left out",
        Text(
            f"{lost / 1000:.1f} km of street inside ({share}) hang together with the rest only "
            "through the outside and are left out.",
            f"استُبعد {lost / 1000:.1f} كم من الشوارع في الداخل ({share}) لأنها لا تتصل "
            "بالباقي إلا من الخارج.",
        ),
        "assumed: people can not use streets that are cut off",
    )


def _moved(recipe: Recipe, ways: tuple[Way, ...]) -> Fact:
    pairs = list(zip(recipe.mouths, ways, strict=True))
    far = [f"{mouth.id} {way.moved_m:.0f} m" for mouth, way in pairs]
    far_ar = [f"{mouth.id} {way.moved_m:.0f} متر" for mouth, way in pairs]
    return Fact(
        "mouths",
        Text(
            f"The crossings taken lie this far from the mouths that were wanted: {', '.join(far)}.",
            f"تبعد التقاطعات المختارة عن المداخل المطلوبة: {'، '.join(far_ar)}.",
        ),
        "assumed: the nearest major crossing that leads on stands for the place named",
    )


def _people_facts(recipe: Recipe) -> tuple[Fact, ...]:
    return (
        Fact(
            "outline",
            Text(
                "The outline of the pocket is drawn for this scenario.",
                "حدود المنطقة مرسومة لغرض هذا السيناريو.",
            ),
            recipe.outline_source,
        ),
        Fact(
            "people",
            Text(
                f"{recipe.persons:,} people are inside.",
                f"يوجد في الداخل {recipe.persons:,} شخص.",
            ),
            recipe.persons_source,
        ),
        Fact(
            "households",
            Text(
                "Households of 1 to 9 persons in shares of "
                + ", ".join(f"{share:.0%}" for share in recipe.household_shares)
                + ", the same in every zone.",
                "تتوزّع الأسر من شخص واحد إلى تسعة أشخاص بالنسب التالية: "
                + "، ".join(f"{share:.0%}" for share in recipe.household_shares)
                + "، وهي واحدة في كل القطاعات.",
            ),
            recipe.household_source,
        ),
    )


def _group_facts(recipe: Recipe) -> list[Fact]:
    facts = []
    for one in recipe.groups[:-1]:
        share, name = one.persons_share, one.group.name
        facts.append(
            Fact(
                f"group {one.group.id}",
                Text(
                    f"{share.central:.1%} of people ({share.low:.1%} to {share.high:.1%}) make "
                    f"their whole household move as: {name.en}.",
                    f"{share.central:.1%} من الناس (من {share.low:.1%} إلى {share.high:.1%}) "
                    f"تتحرك أسرهم كلها ضمن فئة: {name.ar}.",
                ),
                share.source,
            )
        )
    return facts


def _street_facts(streets: Streets) -> tuple[Fact, ...]:
    two_way = "" if streets.directed.any() else " They name no one-way streets: all are two-way."
    return (
        Fact(
            "streets",
            Text(
                f"Street lines from {streets.source}.{two_way} Nobody checked which are passable.",
                f"خطوط الشوارع من {streets.source}. لم يتحقق أحد من صلاحية الشوارع للمرور.",
            ),
            "assumed: every street in the data can be walked along, both ways",
        ),
        Fact(
            "crossings",
            Text(
                "Only the corridors lead out; every other street that crosses the outline is "
                "closed.",
                "لا خروج إلا عبر الممرات؛ وكل شارع آخر يقطع الحدود مغلق.",
            ),
            "assumed: rule of the import",
        ),
    )


def _way_facts(options: ImportOptions) -> tuple[Fact, ...]:
    return (
        Fact(
            "corridors",
            Text(
                f"Each corridor begins at the major crossing nearest to its wanted mouth and runs "
                f"{options.corridor_m[0]:g} to {options.corridor_m[2]:g} m in the open; its "
                f"reception site is {options.onward_m[0]:g} to {options.onward_m[2]:g} m on.",
                f"يبدأ كل ممر عند أقرب تقاطع رئيسي من المدخل المطلوب ويمتد في العراء من "
                f"{options.corridor_m[0]:g} إلى {options.corridor_m[2]:g} متر، ويبعد موقع "
                f"الاستقبال عن نهايته من {options.onward_m[0]:g} إلى {options.onward_m[2]:g} متر.",
            ),
            "assumed: no survey of corridors, exits or reception sites was used",
        ),
        Fact(
            "holding areas",
            Text(
                f"Each holding area has room for one hour of its gate at "
                f"{options.holding_m2_per_person:g} square metres a person.",
                f"تتسع كل ساحة انتظار لعدد من يعبر البوابة في ساعة واحدة، بواقع "
                f"{options.holding_m2_per_person:g} متر مربع للشخص.",
            ),
            "assumed: no survey of open ground at the mouths was used",
        ),
    )


def _class_fact(name: str) -> Fact:
    one = HIGHWAYS[name]
    return Fact(
        f"street class {name}",
        Text(
            f"{name}: {one.width_m:g} m to walk on and {one.lanes:g} lanes each way, "
            f"{one.speed_kph:g} km/h, {one.capacity_veh_per_h:g} vehicles an hour each way.",
            f"{name}: عرض المشي {one.width_m:g} متر وعدد الحارات {one.lanes:g} في كل اتجاه، "
            f"السرعة {one.speed_kph:g} كم/سا، {one.capacity_veh_per_h:g} مركبة في الساعة في كل "
            "اتجاه.",
        ),
        one.source,
    )
