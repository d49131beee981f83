"""What each kind of page says, word for word, in both languages: read it before changing it.

Marks of direction are left out here; that every number has its own is another test.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from clearway.publish.pack.press import document
from tests.publish.packs import MARKS, packed

#: The first rows of every table and all other words, of the first page of each kind.
PAGES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("contacts/tiny/2016-10-20/1", "en"): (
        (
            "Try the channel, then the backup. If neither answers, do what the last column "
            "says, and write it down."
        ),
        (
            "Roles, never names. An answer is an acknowledgement that word was received, "
            "and nothing more."
        ),
        "Who is reached how",
        "Party | Level | Corri-dors | Who answers | Channel | Backup | If contact is lost",
        (
            "Local authorities | headquarters | all | Duty officer | VHF 7 | +963 21 555 "
            "0100 | Nobody more is called after 11:20"
        ),
        (
            "Local authorities | gate | C1 | Duty officer | VHF 7 | +963 21 555 0100 | "
            "Nobody more is called after 11:20"
        ),
    ),
    ("gate/C1/2016-10-20/1", "en"): (
        "Corridor | Corridor 1",
        "Open | from 08:00 to 12:00",
        "Called, on foot or in cars | 212",
        "Go out aboard vehicles | 59",
        "Patients among them | 4",
        "Vehicles | in 6, out 6",
        "The gate lets through | 600 persons an hour",
        "The lane lets through | 60 vehicles an hour",
        "HOLD the next call while more than 1,000 people wait at the mouth.",
        "No number was set of people called and not yet through.",
        "No number was set of people between gate and exit.",
        (
            "TURN on notice of a closing: those who are less than 180 m past the gate come "
            "back to it, the others go on to the exit."
        ),
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "C1 | Gate | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
        "C1 | Exit | 36.20000, 37.15667 | 36°12'00.0\"N 37°09'24.0\"E | 37S CA 34276 07706",
        "R1 | Site 1 | 36.20000, 37.15801 | 36°12'00.0\"N 37°09'28.8\"E | 37S CA 34396 07704",
        "Last entry: nobody of the group is admitted later; count back if the closing moves",
        (
            "Group | Closing | Last entry | Last entry on days with a second check | "
            "Minutes before closing"
        ),
        "A | 12:00 | 11:25 | 11:25 | 35",
        "B | 12:00 | 11:20 | 11:20 | 40",
        "A: Group 1",
        "B: Group 2",
    ),
    ("zone/Z1/2016-10-20/1", "en"): (
        "Nobody has to go. Whoever stays keeps the right to help, and to change their mind.",
        "Wait at home until you are called. Do not gather in the open, and not at the gate.",
        "Households go together. A household whose member cannot go yet may come later.",
        "If word comes to hold: stay at home. If on the way, follow the gate team.",
        "If word comes to turn back: go home, or to the shelter that the caller names.",
        "No call 30 minutes after the hour below: stay at home, ask the caller of your zone.",
        "Called to leave on foot or in cars",
        (
            "Leave from | Until | Corridor | Group | House-holds | Persons | Order numbers "
            "| Not later than | Call"
        ),
        "08:00 | 08:15 | C1 | A | 22 | 97 | 1 to 22 | 11:21 | M1",
        "Vehicles that come to the meeting point",
        "Comes | Leaves | Vehicle | For whom | Persons | Order numbers | Corridor",
        "08:03 | 08:13 | bus-01 | Group B, households: 4 | 8 | 1 to 4 | C1",
        "08:03 | 08:13 | bus-01 | Group A, households: 3 | 12 | 23 to 25 | C1",
        "08:08 | 08:18 | amb-02 | Patients: 2, with any companions | 4 |  | C1",
        "08:25 | 08:35 | bus-01 | Group A, households: 3 | 15 | 26 to 28 | C1",
        "08:48 | 08:58 | amb-01 | Patients: 1, with any companions | 2 |  | C1",
        "Ways inside; points in MGRS to ten metres, to be found on a map with its grid",
        "From | To | km | Turns, in order",
        "Z1 | C1 | 0.2 | almost straight",
        "A: Group 1",
        "B: Group 2",
    ),
    ("vehicle/bus-01/2016-10-20/1", "en"): (
        "Type | Bus",
        "Places | 30 seats, 4 wheelchairs, 0 stretchers",
        "Depot | D1",
        "Day | from 08:00 to 08:58",
        (
            "Take aboard those named here, and nobody in their place. Companions stay with "
            "their patient."
        ),
        (
            "If you are late, say so, and go on in the same order. Pass a gate only when "
            "its team waves you through."
        ),
        'If all stops, take the page "If all stops: vehicle" of your number.',
        "Step by step",
        "Trip | What | Where | From | Until | Aboard | Hour it was",
        "1 | leave | D1 | 08:00 |  |  | ",
        "1 | gate, inward | C1 | 08:03 |  |  | ",
        "1 | board | Z1 | 08:03 | 08:13 | Group B: 8 people (1 to 4) | ",
        "1 | board | Z1 |  |  | Group A: 12 people (23 to 25) | ",
        "1 | gate, outward | C1 | 08:16 |  |  | ",
        "1 | arrive | R1 | 08:17 | 08:23 |  | ",
        "A: Group 1",
        "B: Group 2",
    ),
    ("convoy/A1/2016-10-20/1", "en"): (
        "Load | Medicine",
        "Vehicles | 3",
        "Persons whom it serves | 500",
        "Day | from 08:00 to 08:37",
        "All vehicles stay together; the hours at gates are those of the last one.",
        "If the convoy is late, say so. It passes a gate only when its team waves it through.",
        'If all stops, take the page "If all stops: vehicle" of the convoy\'s number.',
        (
            "Condition L1. Only when this is done: convoy A1. Then this begins: patients "
            "of 2016-10-20."
        ),
        "Step by step",
        "Trip | What | Where | From | Until | Aboard | Hour it was",
        "1 | leave | D1 | 08:00 |  |  | ",
        "1 | gate, inward | C1 | 08:05 |  |  | ",
        "1 | unload | Z2 | 08:05 | 08:25 |  | ",
        "1 | gate, outward | C1 | 08:27 |  |  | ",
        "1 | arrive | D1 | 08:31 | 08:37 |  | ",
        "Ways inside; points in MGRS to ten metres, to be found on a map with its grid",
        "From | To | km | Turns, in order",
        "C1 | Z2 | 0.5 | almost straight",
        "Z2 | C1 | 0.5 | almost straight",
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "D1 | Depot | 36.20000, 37.16779 | 36°12'00.0\"N 37°10'04.0\"E | 37S CA 35276 07687",
        "C1 | Gate | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
    ),
    ("patient/P1/2016-10-20/1", "en"): (
        "P1",
        ("A code, never a name: write no name, no diagnosis and no document number on this slip."),
        "Triage colour | Red",
        "Moves | stretcher",
        "Companions | 1",
        "Bed | surgical",
        "Care on the way | advanced",
        "State when this was printed | listed",
        "Fetched in zone | Z1",
        "Boards | from 08:48 to 08:58",
        "Vehicle | amb-01, trip 1",
        "Goes out by gate | C1, 08:59",
        "Destination | H1: Hospital H1",
        "Arrives | 09:04",
        "Takes patients in | from 09:00 to 24:00",
        "What happened: write the hour beside each state as it is reached",
        "State | Hour | Place | Role of who writes",
        "listed |  |  | ",
        "assessed |  |  | ",
        "consented |  |  | ",
        "refused |  |  | ",
        "moved |  |  | ",
        "handed over |  |  | ",
    ),
    ("tally-counts/C1/2016-10-20/1", "en"): (
        "Count at the gate whoever went out in these minutes, on foot and aboard vehicles.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Persons out",
        (
            "Row | From | Until | Expected on foot or in cars | Expected aboard | Vehicles "
            "expected | Persons counted"
        ),
        "01 | 08:00 | 08:15 | 98 | 0 | 5 | ",
        "02 | 08:15 | 08:30 | 48 | 24 | 6 | ",
        "03 | 08:30 | 08:45 | 59 | 0 | 0 | ",
        "04 | 08:45 | 09:00 | 7 | 34 | 3 | ",
        "05 | 09:00 | 09:15 | 0 | 0 | 0 | ",
        "06 | 09:15 | 09:30 | 0 | 1 | 2 | ",
    ),
    ("tally-calls/C1/2016-10-20/1", "en"): (
        "The hour at which the block was called, held, turned back, or was home again.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Blocks",
        "Call | Leave home | Zone | Group | Persons | called | held | turned | home",
        "M1 | 08:00 | Z1 | A | 97 |  |  |  | ",
        "M2 | 08:00 | Z2 | A | 25 |  |  |  | ",
        "M3 | 08:15 | Z2 | A | 27 |  |  |  | ",
        "M4 | 08:30 | Z2 | A | 63 |  |  |  | ",
    ),
    ("tally-trips/bus-01/2016-10-20/1", "en"): (
        "The hour at which each step of a trip was done.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Trips",
        (
            "Trip | Leaves | Out by | There | left | gate, in | boarded | gate, out | "
            "arrived | back | lost"
        ),
        "1 | 08:00 | C1 | 08:17 |  |  |  |  |  |  | ",
        "2 | 08:23 | C1 | 08:50 |  |  |  |  |  |  | ",
    ),
    ("tally-convoys/A1/2016-10-20/1", "en"): (
        "The hour at which each step of a trip was done.",
        "Write hours as 08:15, counts as whole numbers. Leave empty what did not happen.",
        "Trips",
        (
            "Trip | Leaves | Out by | There | left | gate, in | unloaded | gate, out | "
            "arrived | turned"
        ),
        "1 | 08:00 | C1 | 08:31 |  |  |  |  |  | ",
    ),
    ("abort-gate/C1/2016-10-20/1", "en"): (
        "All stops. Nobody leaves home. Gates let through only those who are told to go on.",
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Stay under cover until word comes that it goes on.",
        "How many are where, at most, by the moment at which all stopped",
        (
            "Stop from | Stop until | Past the gate: go on | Not past: go on | Go home | "
            "To shelters | There by"
        ),
        "08:15 | 08:30 | 24 | 0 | 81 | 0 | 08:20",
        "08:30 | 08:45 | 19 | 0 | 35 | 0 | 08:35",
        "08:45 | 09:00 | 28 | 0 | 35 | 0 | 08:50",
        "09:15 | 09:30 | 0 | 0 | 0 | 0 | 09:15",
    ),
    ("abort-zone/Z1/2016-10-20/1", "en"): (
        "All stops. Nobody leaves home. Gates let through only those who are told to go on.",
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Stay under cover until word comes that it goes on.",
        "Latest turn-back: later, or farther on, going on is quicker",
        "Call or trip | Minutes after leaving | Back to | Latitude, longitude | MGRS (WGS 84)",
        "M1 | 5 | home | 36.20000, 37.15267 | 37S CA 33917 07713",
        "What to do, by the moment at which all stopped",
        "Call or trip | Stop from | Stop until | Go | There by",
        "M1 | 08:15 | 08:30 | home and on to the exit | 08:35",
    ),
    ("abort-vehicle/bus-01/2016-10-20/1", "en"): (
        "All stops. Nobody leaves home. Gates let through only those who are told to go on.",
        "Whoever is past the gate goes on to the exit. A vehicle outside stays outside.",
        "Not yet past it: do what stands here; between two rows the earlier one holds.",
        "Stay under cover until word comes that it goes on.",
        "Latest turn-back: later, or farther on, going on is quicker",
        "Call or trip | Minutes after leaving | Back to | Latitude, longitude | MGRS (WGS 84)",
        "trip 1 | 2 | to its stop | 36.20000, 37.15267 | 37S CA 33917 07713",
        "trip 2 | 3 | to shelter S1 | 36.20000, 37.15267 | 37S CA 33917 07713",
        "What to do, by the moment at which all stopped",
        "Call or trip | Stop from | Stop until | Go | There by",
        "trip 1 | 08:15 | 08:15 | to its stop | 08:15",
        "trip 2 | 08:30 | 08:45 | to its stop | 08:45",
        "Places",
        "Code | What | Latitude, longitude | Degrees, minutes, seconds | MGRS (WGS 84)",
        "S1 | School | 36.20000, 37.15000 | 36°12'00.0\"N 37°09'00.0\"E | 37S CA 33677 07717",
    ),
    ("contacts/tiny/2016-10-20/1", "ar"): (
        "جرّبوا القناة ثم البديلة. وإذا لم يجب أحد فنفّذوا ما في العمود الأخير واكتبوا ذلك.",
        "صفات لا أسماء. والجواب إقرار بالاستلام لا أكثر.",
        "كيف يُتصل بمن",
        "الطرف | المستوى | الممرات | من يجيب | القناة | القناة البديلة | إذا انقطع الاتصال",
        (
            "السلطات المحلية | القيادة العليا | كلها | ضابط مناوب | VHF 7 | +963 21 555 "
            "0100 | لا يُنادى على أحد بعد 11:20"
        ),
        (
            "السلطات المحلية | البوابة | C1 | ضابط مناوب | VHF 7 | +963 21 555 0100 | لا "
            "يُنادى على أحد بعد 11:20"
        ),
    ),
    ("gate/C1/2016-10-20/1", "ar"): (
        "الممر | الممر 1",
        "مفتوح | من 08:00 إلى 12:00",
        "يُنادى عليهم سيرًا أو بسياراتهم | 212",
        "يخرجون على متن المركبات | 59",
        "المرضى منهم | 4",
        "المركبات | دخولًا 6، خروجًا 6",
        "من تُدخلهم البوابة | في الساعة: 600",
        "ما يمر في مسار المركبات | في الساعة: 60",
        "التوقف: لا يصدر النداء التالي ما دام عدد المنتظرين عند المدخل يفوق 1,000.",
        "لم يُحدَّد عدد لمن نودي عليهم ولم يعبروا بعد.",
        "لم يُحدَّد عدد لمن هم بين البوابة والمخرج.",
        (
            "العودة: عند الإشعار بإغلاق يعود إلى البوابة من لم يتجاوزها بأكثر من 180 م، "
            "ويمضي الباقون إلى المخرج."
        ),
        "الأماكن",
        "الرمز | ما هو | خط العرض، خط الطول | درجات ودقائق وثوانٍ | MGRS (WGS 84)",
        "C1 | البوابة | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
        "C1 | المخرج | 36.20000, 37.15667 | 36°12'00.0\"N 37°09'24.0\"E | 37S CA 34276 07706",
        (
            "R1 | موقع الاستقبال 1 | 36.20000, 37.15801 | 36°12'00.0\"N 37°09'28.8\"E | "
            "37S CA 34396 07704"
        ),
        "آخر دخول: لا يُدخَل أحد من الفئة بعده، ويُحسب رجوعًا إذا تغيّر الإغلاق",
        "الفئة | الإغلاق | آخر دخول | آخر دخول عند تفتيش ثانٍ | الدقائق قبل الإغلاق",
        "A | 12:00 | 11:25 | 11:25 | 35",
        "B | 12:00 | 11:20 | 11:20 | 40",
        "A: المجموعة 1",
        "B: المجموعة 2",
    ),
    ("zone/Z1/2016-10-20/1", "ar"): (
        "لا أحد ملزم بالمغادرة. ومن يبقى يحتفظ بحقه كاملًا في المساعدة وفي تغيير رأيه.",
        "انتظروا في منازلكم حتى يُنادى عليكم. ولا تتجمعوا في العراء ولا عند البوابة.",
        ("تبقى الأسرة معًا. والأسرة التي لا يستطيع أحد أفرادها المغادرة الآن يمكنها المجيء لاحقًا."),
        "إذا صدر أمر بالتوقف بقي في منزله من لم يُنادَ عليه، وتبع من في الطريق فريق البوابة.",
        "إذا صدر أمر بالعودة فعودوا إلى منازلكم أو إلى الملجأ الذي يسميه المنادي.",
        (
            "إذا لم يصلكم نداء بعد 30 دقيقة من الساعة المذكورة أدناه فابقوا في منازلكم "
            "واسألوا منادي منطقتكم."
        ),
        "يُنادى عليهم للمغادرة سيرًا أو بسياراتهم",
        (
            "المغادرة من | إلى | الممر | الفئة | الأسر | الأشخاص | أرقام الترتيب | في موعد "
            "أقصاه | النداء"
        ),
        "08:00 | 08:15 | C1 | A | 22 | 97 | من 1 إلى 22 | 11:21 | M1",
        "المركبات التي تأتي إلى نقطة التجمع",
        "تصل | تغادر | المركبة | لمن | الأشخاص | أرقام الترتيب | الممر",
        "08:03 | 08:13 | bus-01 | الفئة B، عدد الأسر: 4 | 8 | من 1 إلى 4 | C1",
        "08:03 | 08:13 | bus-01 | الفئة A، عدد الأسر: 3 | 12 | من 23 إلى 25 | C1",
        "08:08 | 08:18 | amb-02 | المرضى: 2، مع مرافقيهم إن وُجدوا | 4 |  | C1",
        "08:25 | 08:35 | bus-01 | الفئة A، عدد الأسر: 3 | 15 | من 26 إلى 28 | C1",
        "08:48 | 08:58 | amb-01 | المرضى: 1، مع مرافقيهم إن وُجدوا | 2 |  | C1",
        "الطرق في الداخل: نقاط بنظام MGRS لأقرب عشرة أمتار، تُعيَّن على خريطة بشبكته",
        "من | إلى | كم | المنعطفات بالترتيب",
        "Z1 | C1 | 0.2 | طريق شبه مستقيم",
        "A: المجموعة 1",
        "B: المجموعة 2",
    ),
    ("vehicle/bus-01/2016-10-20/1", "ar"): (
        "النوع | حافلة",
        "الأماكن | مقاعد: 30، كراسٍ متحركة: 4، نقالات: 0",
        "المرآب | D1",
        "اليوم | من 08:00 إلى 08:58",
        "يصعد المذكورون هنا ولا أحد مكانهم. ويبقى المرافقون مع مريضهم.",
        "إذا تأخرتم فأبلغوا وتابعوا بالترتيب نفسه. ولا تعبروا بوابة إلا بإشارة من فريقها.",
        "إذا توقف كل شيء فخذوا صفحة «إذا توقف كل شيء: المركبة» التي تحمل رقمكم.",
        "خطوة خطوة",
        "الرحلة | ما العمل | أين | من | إلى | على متنها | الساعة الفعلية",
        "1 | مغادرة | D1 | 08:00 |  |  | ",
        "1 | البوابة، دخولًا | C1 | 08:03 |  |  | ",
        "1 | صعود | Z1 | 08:03 | 08:13 | الفئة B: 8 أشخاص (من 1 إلى 4) | ",
        "1 | صعود | Z1 |  |  | الفئة A: 12 شخصًا (من 23 إلى 25) | ",
        "1 | البوابة، خروجًا | C1 | 08:16 |  |  | ",
        "1 | وصول | R1 | 08:17 | 08:23 |  | ",
        "A: المجموعة 1",
        "B: المجموعة 2",
    ),
    ("convoy/A1/2016-10-20/1", "ar"): (
        "الحمولة | أدوية",
        "المركبات | 3",
        "من تكفيهم | 500",
        "اليوم | من 08:00 إلى 08:37",
        "تبقى المركبات كلها معًا، وساعات البوابات هي ساعات آخر مركبة منها.",
        "إذا تأخرت القافلة فأبلغوا. ولا تعبر بوابة إلا بإشارة من فريقها.",
        "إذا توقف كل شيء فخذوا صفحة «إذا توقف كل شيء: المركبة» التي تحمل رقم القافلة.",
        "الشرط L1: نقل مرضى 2016-10-20 بعد انتهاء القافلة A1 لا قبله.",
        "خطوة خطوة",
        "الرحلة | ما العمل | أين | من | إلى | على متنها | الساعة الفعلية",
        "1 | مغادرة | D1 | 08:00 |  |  | ",
        "1 | البوابة، دخولًا | C1 | 08:05 |  |  | ",
        "1 | تفريغ | Z2 | 08:05 | 08:25 |  | ",
        "1 | البوابة، خروجًا | C1 | 08:27 |  |  | ",
        "1 | وصول | D1 | 08:31 | 08:37 |  | ",
        "الطرق في الداخل: نقاط بنظام MGRS لأقرب عشرة أمتار، تُعيَّن على خريطة بشبكته",
        "من | إلى | كم | المنعطفات بالترتيب",
        "C1 | Z2 | 0.5 | طريق شبه مستقيم",
        "Z2 | C1 | 0.5 | طريق شبه مستقيم",
        "الأماكن",
        "الرمز | ما هو | خط العرض، خط الطول | درجات ودقائق وثوانٍ | MGRS (WGS 84)",
        "D1 | مرآب | 36.20000, 37.16779 | 36°12'00.0\"N 37°10'04.0\"E | 37S CA 35276 07687",
        "C1 | البوابة | 36.20000, 37.15267 | 36°12'00.0\"N 37°09'09.6\"E | 37S CA 33917 07713",
    ),
    ("patient/P1/2016-10-20/1", "ar"): (
        "P1",
        "رمز لا اسم: لا يُكتب على هذه القسيمة اسم ولا تشخيص ولا رقم وثيقة.",
        "فئة الفرز | حمراء",
        "الوضعية | نقالة",
        "المرافقون | 1",
        "السرير | جراحة",
        "الرعاية في الطريق | متقدمة",
        "الحالة عند الطباعة | مُدرَج",
        "يُنقل من المنطقة | Z1",
        "الصعود | من 08:48 إلى 08:58",
        "المركبة | amb-01، الرحلة 1",
        "يخرج من البوابة | C1، 08:59",
        "الوجهة | H1: المستشفى H1",
        "الوصول | 09:04",
        "يستقبل المرضى | من 09:00 إلى 24:00",
        "ما حدث: تُكتب الساعة بجانب كل حالة عند بلوغها",
        "الحالة | الساعة | المكان | صفة من يكتب",
        "مُدرَج |  |  | ",
        "جرى تقييمه |  |  | ",
        "وافق |  |  | ",
        "رفض |  |  | ",
        "نُقل |  |  | ",
        "سُلِّم |  |  | ",
    ),
    ("tally-counts/C1/2016-10-20/1", "ar"): (
        "عُدّوا عند البوابة كل من خرج في هذه الدقائق سيرًا وعلى متن المركبات.",
        "تُكتب الساعات هكذا 08:15، والأعداد صحيحة. واتركوا فارغًا ما لم يحدث.",
        "الخارجون",
        (
            "السطر | من | إلى | المنتظرون سيرًا أو بسياراتهم | المنتظرون على متن المركبات "
            "| المركبات المنتظرة | عدد الخارجين"
        ),
        "01 | 08:00 | 08:15 | 98 | 0 | 5 | ",
        "02 | 08:15 | 08:30 | 48 | 24 | 6 | ",
        "03 | 08:30 | 08:45 | 59 | 0 | 0 | ",
        "04 | 08:45 | 09:00 | 7 | 34 | 3 | ",
        "05 | 09:00 | 09:15 | 0 | 0 | 0 | ",
        "06 | 09:15 | 09:30 | 0 | 1 | 2 | ",
    ),
    ("tally-calls/C1/2016-10-20/1", "ar"): (
        "الساعة التي نودي فيها على الدفعة، أو أُوقفت، أو أُعيدت، أو عادت إلى منازلها.",
        "تُكتب الساعات هكذا 08:15، والأعداد صحيحة. واتركوا فارغًا ما لم يحدث.",
        "الدفعات",
        (
            "النداء | مغادرة المنزل | المنطقة | الفئة | الأشخاص | نودي عليها | أُوقفت | "
            "أُعيدت | في المنازل"
        ),
        "M1 | 08:00 | Z1 | A | 97 |  |  |  | ",
        "M2 | 08:00 | Z2 | A | 25 |  |  |  | ",
        "M3 | 08:15 | Z2 | A | 27 |  |  |  | ",
        "M4 | 08:30 | Z2 | A | 63 |  |  |  | ",
    ),
    ("tally-trips/bus-01/2016-10-20/1", "ar"): (
        "الساعة التي تمت فيها كل خطوة من الرحلة.",
        "تُكتب الساعات هكذا 08:15، والأعداد صحيحة. واتركوا فارغًا ما لم يحدث.",
        "الرحلات",
        (
            "الرحلة | المغادرة | الخروج من | الوصول | غادرت | البوابة دخولًا | صعد الركاب "
            "| البوابة خروجًا | وصلت | في المرآب | فُقدت"
        ),
        "1 | 08:00 | C1 | 08:17 |  |  |  |  |  |  | ",
        "2 | 08:23 | C1 | 08:50 |  |  |  |  |  |  | ",
    ),
    ("tally-convoys/A1/2016-10-20/1", "ar"): (
        "الساعة التي تمت فيها كل خطوة من الرحلة.",
        "تُكتب الساعات هكذا 08:15، والأعداد صحيحة. واتركوا فارغًا ما لم يحدث.",
        "الرحلات",
        (
            "الرحلة | المغادرة | الخروج من | الوصول | غادرت | البوابة دخولًا | أُفرغت | "
            "البوابة خروجًا | وصلت | عادت"
        ),
        "1 | 08:00 | C1 | 08:31 |  |  |  |  |  | ",
    ),
    ("abort-gate/C1/2016-10-20/1", "ar"): (
        "توقف كل شيء: لا يغادر أحد منزله، ولا تُدخل البوابات إلا من كُتب لهم المضي.",
        "من تجاوز البوابة يمضي إلى المخرج. والمركبة التي في الخارج تبقى خارجًا.",
        "ومن لم يتجاوزها يعمل بما في هذه الصفحة؛ وبين سطرين يسري السطر الأسبق.",
        "ابقوا تحت سقف حتى يصلكم أن الحركة استؤنفت.",
        "أين يكون الناس بحسب ساعة التوقف، على الأكثر",
        (
            "التوقف من | إلى | تجاوزوا البوابة: يمضون | لم يتجاوزوها: يمضون | إلى منازلهم "
            "| إلى الملاجئ | الوصول قبل"
        ),
        "08:15 | 08:30 | 24 | 0 | 81 | 0 | 08:20",
        "08:30 | 08:45 | 19 | 0 | 35 | 0 | 08:35",
        "08:45 | 09:00 | 28 | 0 | 35 | 0 | 08:50",
        "09:15 | 09:30 | 0 | 0 | 0 | 0 | 09:15",
    ),
    ("abort-zone/Z1/2016-10-20/1", "ar"): (
        "توقف كل شيء: لا يغادر أحد منزله، ولا تُدخل البوابات إلا من كُتب لهم المضي.",
        "من تجاوز البوابة يمضي إلى المخرج. والمركبة التي في الخارج تبقى خارجًا.",
        "ومن لم يتجاوزها يعمل بما في هذه الصفحة؛ وبين سطرين يسري السطر الأسبق.",
        "ابقوا تحت سقف حتى يصلكم أن الحركة استؤنفت.",
        "آخر موضع للعودة: بعده يكون المضي أسرع",
        (
            "النداء أو الرحلة | الدقائق منذ المغادرة | العودة إلى | خط العرض، خط الطول | "
            "MGRS (WGS 84)"
        ),
        "M1 | 5 | المنزل | 36.20000, 37.15267 | 37S CA 33917 07713",
        "ما العمل بحسب ساعة التوقف",
        "النداء أو الرحلة | التوقف من | إلى | الوجهة | الوصول قبل",
        "M1 | 08:15 | 08:30 | المنزل والمضي إلى المخرج | 08:35",
    ),
    ("abort-vehicle/bus-01/2016-10-20/1", "ar"): (
        "توقف كل شيء: لا يغادر أحد منزله، ولا تُدخل البوابات إلا من كُتب لهم المضي.",
        "من تجاوز البوابة يمضي إلى المخرج. والمركبة التي في الخارج تبقى خارجًا.",
        "ومن لم يتجاوزها يعمل بما في هذه الصفحة؛ وبين سطرين يسري السطر الأسبق.",
        "ابقوا تحت سقف حتى يصلكم أن الحركة استؤنفت.",
        "آخر موضع للعودة: بعده يكون المضي أسرع",
        (
            "النداء أو الرحلة | الدقائق منذ المغادرة | العودة إلى | خط العرض، خط الطول | "
            "MGRS (WGS 84)"
        ),
        "الرحلة 1 | 2 | إلى موقفها | 36.20000, 37.15267 | 37S CA 33917 07713",
        "الرحلة 2 | 3 | الملجأ S1 | 36.20000, 37.15267 | 37S CA 33917 07713",
        "ما العمل بحسب ساعة التوقف",
        "النداء أو الرحلة | التوقف من | إلى | الوجهة | الوصول قبل",
        "الرحلة 1 | 08:15 | 08:15 | إلى موقفها | 08:15",
        "الرحلة 2 | 08:30 | 08:45 | إلى موقفها | 08:45",
        "الأماكن",
        "الرمز | ما هو | خط العرض، خط الطول | درجات ودقائق وثوانٍ | MGRS (WGS 84)",
        "S1 | مدرسة | 36.20000, 37.15000 | 36°12'00.0\"N 37°09'00.0\"E | 37S CA 33677 07717",
    ),
}

#: Rows of a table that are compared.
_MOST: Final = 6


@pytest.mark.parametrize(("page", "lang"), sorted(PAGES))
def test_a_page_says_what_it_said(page: str, lang: str) -> None:
    told = dict(zip(packed().by_id, document(packed(), lang)["pages"], strict=True))[page]
    found = [line for block in told["blocks"] for line in _lines(block)]
    assert tuple(found) == PAGES[page, lang]


def test_every_kind_is_here_in_both_languages() -> None:
    kinds = {page.kind for page in packed().pages} - {"cover"}
    for lang in ("en", "ar"):
        assert {page.partition("/")[0] for page, own in PAGES if own == lang} == kinds


def _lines(block: dict[str, Any]) -> list[str]:
    if block["kind"] == "table":
        return [_line(row) for row in ([block["title"]], block["head"], *block["rows"][:_MOST])]
    if block["kind"] == "pairs":
        return [_line(row) for row in block["rows"]]
    if block["kind"] == "lines":
        return [_line([text]) for text in block["texts"] if text]
    return [_line([block["text"]])]


def _line(cells: list[str]) -> str:
    return " | ".join(cells).translate(MARKS).replace("\N{NO-BREAK SPACE}", " ")
