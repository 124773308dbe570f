"""How loud to be: low, medium or high, and whether to alert at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from headwater.products.watch.compare.compare import Comparison
from headwater.products.watch.compare.scoring import DEFAULT_THRESHOLD

Level = Literal["low", "medium", "high"]
DEFAULT_MEDIUM = 0.6
DEFAULT_HIGH = 0.8


@dataclass(frozen=True, slots=True)
class Severity:
    """`alert` says whether to tell; `level` how loud; both follow from the comparison and the source's thresholds."""

    level: Level
    alert: bool
    reason: str = ""


def judge(
    comparison: Comparison,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    medium: float = DEFAULT_MEDIUM,
    high: float = DEFAULT_HIGH,
) -> Severity:
    """Judge a comparison: at or above `threshold` it is an alert, unless the source's keywords speak against it."""
    level: Level = "high" if comparison.score >= high else "medium" if comparison.score >= medium else "low"
    if comparison.is_empty:
        return Severity(
            level="low", alert=False, reason="nothing but noise changed" if comparison.noise else "nothing changed"
        )
    if comparison.keywords_missing:
        return Severity(level=level, alert=False, reason="the keywords of the source rule it out")
    if comparison.score < threshold:
        return Severity(level=level, alert=False, reason=f"score {comparison.score:.2f} is below {threshold:.2f}")
    return Severity(level=level, alert=True, reason="; ".join(comparison.reasons[:3]))
