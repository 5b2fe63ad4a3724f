"""What measurements hand over: figures with their units and aims, and how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`aim` is a sentence for the reader; nothing here asserts it."""

    name: str
    value: float
    unit: str = ""
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What one measurement found; `notes` are sentences below its figures."""

    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timings(name: str, seconds: Sequence[float], aim: str = "", tail: float = 0.99) -> list[Figure]:
    """Median and tail in ms; `aim` is about the median."""
    return [
        Figure(f"{name}, p50", percentile(seconds, 0.5) * 1000, "ms", aim),
        Figure(f"{name}, p{tail * 100:.0f}", percentile(seconds, tail) * 1000, "ms"),
    ]


def shown(value: float) -> str:
    """Three digits that mean something."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def as_text(report: Report) -> str:
    width = max((len(figure.name) for figure in report.figures), default=0)
    lines = ["", report.title]
    for figure in report.figures:
        aim = f"   aim: {figure.aim}" if figure.aim else ""
        lines.append(f"  {figure.name:{width}}  {shown(figure.value):>9} {figure.unit}{aim}".rstrip())
    return "\n".join([*lines, *(f"  {note}" for note in report.notes)])


def as_markdown(report: Report) -> str:
    lines = [f"#### {report.title}", "", "| what | figure | aim |", "|---|---:|---|"]
    lines += [f"| {one.name} | {shown(one.value)} {one.unit} | {one.aim} |" for one in report.figures]
    return "\n".join([*lines, "", *(f"{note}\n" for note in report.notes)])
