"""Times as a person reads them: in their own zone, the zone named, British order of day and month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from babel.dates import format_date
from markupsafe import Markup

from models import zones
from models.process import zone_rules

LOCALE = "en_GB"
THREE_WEEKS = 21
TWO_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Dates:
    """Writes times for somebody who lives in `zone` (IANA) and reads the page at `now` (aware)."""

    zone: str
    now: datetime

    @property
    def zone_words(self) -> str:
        """Such as `Berlin time`."""
        return zones.clock(self.zone)

    @property
    def today(self) -> date:
        return self._local(self.now).date()

    @property
    def hour(self) -> int:
        """Of the day, where the reader is."""
        return self._local(self.now).hour

    def soon(self, at: datetime, near: datetime | None = None) -> str:
        """`Fri 13 March`; only `Fri 13` beside a date of the same month, which is `near`."""
        local = self._local(at)
        month = local.replace(day=1).date()
        if near is not None and self._local(near).replace(day=1).date() == month:
            return format_date(local, "EEE d", LOCALE)
        return f"{format_date(local, 'EEE', LOCALE)} {self.day(local.date())}"

    def full(self, at: datetime) -> Markup:
        """Weekday, date, time and zone, marked up; a line may end before the zone."""
        local = self._local(at)
        zone = self.zone_words.replace(" time", "\xa0time")
        return _time(at, f"{self._weekday(local)} at {local:%H:%M}") + f", {zone}"

    def brief(self, at: datetime) -> Markup:
        """Date and time; the page names the zone elsewhere."""
        local = self._local(at)
        return _time(at, f"{self.day(local.date())}, {local:%H:%M}")

    def on(self, at: datetime) -> Markup:
        """Weekday and date."""
        return _time(at, self._weekday(self._local(at)))

    def day(self, day: date) -> str:
        """`3 December`, with the year when it is not the present one."""
        return format_date(day, "d MMMM" if day.year == self.today.year else "d MMMM y", LOCALE)

    def short(self, at: datetime) -> str:
        """`3 Dec`, which does not break."""
        return self.short_day(self._local(at).date())

    def short_day(self, day: date) -> str:
        pattern = "d MMM" if day.year == self.today.year else "d MMM y"
        return format_date(day, pattern, LOCALE).replace(" ", "\xa0")

    def day_of(self, at: datetime) -> str:
        """`3 December`, as `day` writes it."""
        return self.day(self._local(at).date())

    @property
    def today_words(self) -> str:
        """`Thursday 3 December`."""
        return self._weekday(self._local(self.now))

    def left(self, at: datetime) -> str:
        """How much time there is: `5 days left`, `1 day left`, `last day`."""
        days = (self._local(at).date() - self.today).days
        return f"{_count(days, 'day')} left" if days > 0 else "last day"

    def lasted(self, since: datetime, until: datetime) -> str:
        """How long something took: `one day`, `3 weeks`, `4 months`."""
        days = (self._local(until).date() - self._local(since).date()).days
        return "one day" if days <= 1 else _size(days)

    def away(self, at: datetime) -> str:
        """How far off: `in 6 days`, `tomorrow`, `3 weeks ago`; counted in local calendar days."""
        return _distance((self._local(at).date() - self.today).days)

    def there(self, zone: str) -> str:
        """What the clock of somebody elsewhere shows now."""
        other = Dates(zone, self.now)
        return f"{self.now.astimezone(zone_rules.zone(zone)):%H:%M} now ({other.zone_words})"

    def for_days(self, since: datetime) -> str:
        """How long something has lasted: `less than a day`, `12 days`."""
        days = (self.now - since).days
        return "less than a day" if days < 1 else _count(days, "day")

    def _weekday(self, local: datetime) -> str:
        return f"{format_date(local, 'EEEE', LOCALE)} {self.day(local.date())}"

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(zone_rules.zone(self.zone))


def _time(at: datetime, text: str) -> Markup:
    """A day stays with its month where a line ends."""
    text = re.sub(r"(?<=\d) (?=[A-Z])", "\xa0", text)
    return Markup('<time datetime="{}">{}</time>').format(f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}", text)


def _distance(days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    size = _size(abs(days))
    return f"in {size}" if days > 0 else f"{size} ago"


def _size(days: int) -> str:
    """In days as long as one counts them; beyond, in the nearest number of weeks or months."""
    if days <= THREE_WEEKS:
        return _count(days, "day")
    return _count(round(days / 7), "week") if days < TWO_MONTHS else _count(round(days / 30), "month")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
