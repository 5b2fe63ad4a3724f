"""What pages draw: the right positions for known input, and something sensible for the extremes."""

from __future__ import annotations

import math
import re

import pytest

from api.web import charts, drawing
from api.web.drawing import Stop
from api.web.rendering import environment
from models.process.actors import Role
from models.process.match import MatchReason
from models.process.terms import USUAL_WORDS
from tests.pages.reading import Seen

NUMBERS = (0, 1, 5, -1, 1e9, math.nan, math.inf, -math.inf)


def drawn(template: str, **values: object) -> str:
    """What a template makes of the macros, which are imported as `d`."""
    source = '{% import "parts/draw.html" as d with context %}' + template
    return environment().from_string(source).render(t=USUAL_WORDS, **values)


def tidy(text: str) -> str:
    """The text of a piece of a page, which has to be well-formed."""
    seen = Seen()
    seen.feed(text)
    seen.close()
    assert (seen.wrong, seen.open) == ([], [])
    assert not re.search(r"\bnan\b|\binf\b|None", text)
    return " ".join(" ".join(seen.text).split())


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ngozi Adeyemi-Håkansson", "NA"),
        ("Cher", "C"),
        ("Ada Maria Lovelace", "AL"),
        ("(the) real Ada", "RA"),
        ("Ada Lovelace (she/her)", "AL"),
        ("“Bob” Smith", "BS"),
        ("ʿAbd al-Raḥmān", "AA"),
        ("O’Neil", "O"),
        ("e\u0301va n\u0303u", "ÉÑ"),
        ("ß straße", "ßS"),
        ("李小龙", "李"),
        ("김 민수", "김민"),
        ("नीरज कुमार", "नीकु"),
        ("नूर", "नू"),
        ("نور الهدى", "ن\u200cا"),
        ("דוד לוי", "ד\u200cל"),
        ("𝔸da 𝕃ovelace", "AL"),
        ("3 Doors", "3D"),
        ("🦊 🦉", ""),
        ("👩‍💻 Ada", "A"),
        ("  ", ""),
        ("", ""),
        ("\u202e\u2066evil\u2069", "E"),
        ("<b>x</b>", "B"),
    ],
)
def test_letters_of_all_kinds_of_names(name: str, letters: str) -> None:
    assert drawing.initials(name) == letters
    assert drawing.face("id", name).letters == letters


def test_a_face_follows_from_the_id_alone() -> None:
    one, renamed = drawing.face("a", "Ada"), drawing.face("a", "Eve")
    assert (one.colours, one.sea) == (renamed.colours, renamed.sea) == (7, drawing.face("a", "").sea)
    found = {drawing.face(f"person-{number}", "").colours for number in range(200)}
    assert found == set(range(drawing.PAIRS))


def test_an_avatar_is_hidden_from_those_who_hear_the_name_and_never_empty() -> None:
    shown = drawn("{{ d.face('a', name, 'l') }}", name="<b>x</b> &")
    assert 'class="avatar av-7 l"' in shown
    assert 'aria-hidden="true"' in shown
    assert ">B</text>" in shown
    assert drawing.STAR in drawn("{{ d.face('a', '🦊') }}")
    tidy(shown)


def test_stops_stand_at_crests_and_troughs_in_turn() -> None:
    line = drawing.course(0.2, [Stop("Asked", "2 Mar", "done"), *(Stop(name) for name in "abcd")])
    assert [point.x for point in line.points] == ["10%", "30%", "50%", "70%", "90%"]
    assert [point.y for point in line.points] == ["44", "56", "44", "56", "44"]
    assert line.boat == ("20%", "49", "7")
    assert line.sailed.startswith("M0 50 ")
    assert line.sailed.endswith("200 50")
    assert line.ahead.startswith("M200 50 ")
    assert line.ahead.endswith("1000 50")
    assert line.current == 1


@pytest.mark.parametrize("count", [1, 2, 5, 8])
@pytest.mark.parametrize("today", NUMBERS)
def test_a_journey_has_any_number_of_stops_and_any_today(count: int, today: float) -> None:
    line = drawing.course(today, [Stop(f"Stop {number}") for number in range(count)])
    assert len(line.points) == count
    assert line.boat is not None
    assert 0 <= float(line.boat[0].rstrip("%")) <= 100
    assert len({point.x for point in line.points}) == count
    text = tidy(
        drawn("{{ d.journey(today, stops) }}", today=today, stops=[Stop(f"Stop {n}") for n in range(count)])
    )
    assert text == " ".join(f"Stop {number}" for number in range(count))


def test_a_journey_that_is_over_has_no_boat_and_says_how_it_ended() -> None:
    done = drawing.course(0.4, [Stop("Asked", state="done"), Stop("Done", state="done", star=True)])
    assert (done.boat, done.ahead, done.current) == (None, "", None)
    ended = [Stop("Asked", "2 Mar", "done"), Stop("Declined", "5 Mar", "end")]
    assert (drawing.course(0.1, ended).boat, drawing.course(0.1, ended).ahead) == (None, "")
    shown = drawn("{{ d.journey(1, stops) }}", stops=ended)
    assert tidy(shown) == "Asked 2 Mar , done Declined 5 Mar , it ended here"
    assert 'class="stop end"' in shown
    assert "hull" not in shown
    assert "aria-current" not in shown


def test_a_journey_of_nothing_is_nothing() -> None:
    assert drawn("{{ d.journey(0.5, []) }}").strip() == ""


def test_the_stop_that_waits_for_the_reader_is_the_current_one() -> None:
    stops = [Stop("Asked", state="done"), Stop("You", "by 16 Mar", "turn"), Stop("Done", star=True)]
    shown = drawn("{{ d.journey(0.3, stops) }}", stops=stops)
    assert (
        '<li class="is-turn" aria-current="step"><b>You</b>by 16 Mar<span class="hidden">, your turn' in shown
    )
    assert 'class="star far"' in shown


@pytest.mark.parametrize(
    ("me", "wish", "them", "kinds"),
    [
        (2, 4, 5, "me me want want star"),
        (0, 3, 0, "want want want rest rest"),
        (0, 0, 0, "rest rest rest rest rest"),
        (5, 5, 5, "me me me me star"),
        (1, 4, 3, "me want star want rest"),
        (1, 2, 7, "me want rest rest rest rest star"),
    ],
)
def test_the_dots_of_a_match(me: int, wish: int, them: int, kinds: str) -> None:
    found = drawing.dots(me, wish, them)
    assert " ".join(dot.kind for dot in found) == kinds
    assert [dot.x for dot in found][:3] == [12, 38, 64]
    tidy(drawn("{{ d.dots(me, wish, them) }}", me=me, wish=wish, them=them))


def gap(current: int, target: int, level: int) -> MatchReason:
    fields = {"skill": "team_work", "current": current, "target": target, "level": level}
    text = "team_work: wanted from level 2 to 4; the mentor is at 5."
    return MatchReason.model_validate({"kind": "gap-covered", "text": text, **fields})


def test_a_match_says_in_words_what_its_dots_show() -> None:
    shared = MatchReason.model_validate({"kind": "preference-shared", "text": "x", "option": "Video"})
    shown = drawn("{{ d.skills(reasons, 'mentee') }}", reasons=[gap(2, 4, 5), shared])
    text = tidy(shown)
    assert "Team work" in text
    assert "You want to get from level 2 to 4, and they are at 5." in text
    assert text.endswith("You both chose “Video”.")
    assert "You today Your aim They You both" in text
    assert "They want to get from level 2 to 4, and you are at 5." in tidy(
        drawn("{{ d.skills(reasons, 'mentor') }}", reasons=[gap(2, 4, 5)])
    )
    assert gap(2, 4, 5).way(Role.ADMIN) == "Wanted from level 2 to 4; the mentor is at 5."
    assert "legend" not in drawn("{{ d.skills(reasons, 'mentee') }}", reasons=[shared])


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize("whole", NUMBERS)
def test_a_share_is_always_a_share(value: float, whole: float) -> None:
    assert 0 <= drawing.share(value, whole) <= 1
    assert re.fullmatch(r"\d+(\.\d)?%", drawing.percent(value, whole))


def test_progress_from_nothing_to_all() -> None:
    assert 'width="0%"' not in drawn("{{ d.bar(0, 'Talk') }}")
    assert 'class="fill" width="60%"' in drawn("{{ d.bar(60, 'Talk') }}")
    assert 'aria-label="Talk: 100%"' in drawn("{{ d.bar(100, 'Talk') }}")


def test_a_funnel_narrows_and_says_its_shares() -> None:
    path, cuts = charts.river([100, 50])
    assert path.startswith("M0 0C")
    assert " 26 1000 26L1000 78C" in path
    assert cuts == ["500"]
    shown = drawn("{{ d.river(parts, 'Half.') }}", parts=[("asked", 100), ("accepted", 50)])
    text = tidy(shown)
    assert "Half. As a table" in text
    assert text.endswith("accepted 50 50%")
    assert charts.of_those_before([("asked", 0), ("accepted", 0)]) == [("asked", 0, ""), ("accepted", 0, "")]


@pytest.mark.parametrize("values", [[], [0], [0, 0, 0]])
def test_a_funnel_of_nothing_is_a_sentence(values: list[int]) -> None:
    parts = [("asked", value) for value in values]
    assert drawn("{{ d.river(parts, 'x', empty='None yet.') }}", parts=parts).strip() == (
        '<p class="soft">None yet.</p>'
    )


def test_a_funnel_of_one_and_one_that_widens_are_drawn() -> None:
    for values in ([7], [1, 5, 3]):
        path, cuts = charts.river(values)
        assert path.endswith("Z")
        assert len(cuts) == len(values) - 1
        assert "nan" not in path


def test_a_line_leaves_out_what_is_not_known() -> None:
    line = charts.spark([8, None, 4, 0], aim=4)
    assert line is not None
    assert line.curve == "M10 6 650 48 970 90"
    assert line.area == "M10 6 650 48 970 90 970 96 10 96Z"
    assert (line.end_x, line.end_y, line.aim_y) == ("97%", "90", "48")
    points = [("May", 8.25), ("June", None), ("July", 4)]
    shown = drawn("{{ d.spark(points, 'Fewer.', ['Week', 'Days']) }}", points=points)
    assert "June not known" in tidy(shown)
    assert "May 8.2" in tidy(shown)


@pytest.mark.parametrize("values", [[], [None], [None, None], [math.nan, -1]])
def test_a_line_of_nothing_is_a_sentence(values: list[float | None]) -> None:
    assert charts.spark(values) is None
    points = [("x", value) for value in values]
    assert 'class="soft"' in drawn("{{ d.spark(points, 'x', ['a', 'b']) }}", points=points)


@pytest.mark.parametrize("values", [[0], [0, 0], [3], [3, 3]])
def test_a_line_of_equal_values_is_flat(values: list[float | None]) -> None:
    line = charts.spark(values)
    assert line is not None
    assert len({spot.split()[1] for spot in re.findall(r"[\d.]+ [\d.]+", line.curve)}) == 1


def test_places_taken_free_and_over() -> None:
    assert [place.kind for place in charts.load(1, 3)] == ["taken", "free", "free"]
    assert [place.kind for place in charts.load(4, 3)] == ["taken", "taken", "taken", "over"]
    assert charts.load(0, 0) == []
    assert drawn("{{ d.load(0, 0) }}").strip() == ""
    tidy(drawn("{{ d.load(4, 3) }}"))


def test_a_survey_is_divided_and_said() -> None:
    assert [(part.x, part.width, part.percent) for part in charts.stackbar([1, 0, 3])] == [
        ("0%", "25%", 25),
        ("25%", "0%", 0),
        ("25%", "75%", 75),
    ]
    assert charts.stackbar([0, 0]) == charts.stackbar([]) == []
    questions = [("Learnt", "4.3", [1, 0, 3]), ("Met", "–", [0, 0, 0])]
    text = tidy(drawn("{{ d.stackbars(questions) }}", questions=questions))
    assert "Nobody has answered yet." in text
    assert "Learnt 25% 0% 75%" in text
    assert "Nobody" in drawn("{{ d.stackbars([]) }}")


def test_a_gauge_is_late_from_a_day_on() -> None:
    assert 'class="late" width="85.7%"' in drawn("{{ d.gauge(12, 14, 7, 12) }}")
    assert 'class="fill" width="50%"' in drawn("{{ d.gauge(7, 14, 7, 12) }}")
    assert 'width="100%"' in drawn("{{ d.gauge(99, 14) }}")
    assert 'class="fill" width="0%"' in drawn("{{ d.gauge(0, 0) }}")


def test_a_constellation_rises_to_its_bright_star() -> None:
    lights, thread = charts.sky(["Asked", "Accepted", "Feedback"])
    assert [one.x for one in lights] == sorted(one.x for one in lights)
    assert lights[-1].y == min(one.y for one in lights)
    assert [one.label for one in lights] == ["Asked", "Accepted", "Feedback", ""]
    assert thread == "M" + " ".join(f"{one.x} {one.y}" for one in lights)
    for labels in ([], ["A"], [str(number) for number in range(12)]):
        assert len(charts.sky(labels)[0]) == len(labels) + 1
        assert all(0 <= one.y <= charts.SKY_HEIGHT for one in charts.sky(labels)[0])
        tidy(drawn("{{ d.sky(labels) }}", labels=labels))
