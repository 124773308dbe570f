"""Errors about things that the catalog does not hold, with the nearest name that it does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from headwater.local.rest.catalog.model import Relationship, Routine, SchemaCache
from headwater.local.rest.errors import RestError
from headwater.local.rest.identifiers import QualifiedName

MAX_NAMES = 500
CLOSE = 0.75
LOOSE = 0.33


def grams(text: str, size: int) -> Counter[str]:
    """Count the letter groups of a word, with marks at its ends."""
    kept = "-" + "".join(letter for letter in text.lower() if letter.isalnum() or letter in " ,") + "-"
    kept = kept.ljust(size, "-")
    return Counter(kept[start : start + size] for start in range(len(kept) - size + 1))


def edit_similarity(one: str, other: str) -> float:
    """Return the share of letters that need no edit (Levenshtein)."""
    previous = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        current = [row]
        for column, right in enumerate(other, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (left != right)))
        previous = current
    longest = max(len(one), len(other))
    return 1.0 if not longest else 1 - previous[-1] / longest


def rank_names(word: str, names: Iterable[str], *, min_likeness: float) -> list[tuple[float, str]]:
    """Rank names by nearness to a word: those that share letter groups with it, by the edits between them."""
    folded = word.lower()
    candidates = list(dict.fromkeys(names))
    exact = [name for name in candidates if name.lower() == folded]
    if exact:
        return [(1.0, exact[0])]
    for size in (3, 2):
        mine = grams(word, size)
        length = math.sqrt(sum(count * count for count in mine.values()))
        scored: list[tuple[float, str]] = []
        for name in candidates:
            theirs = grams(name, size)
            shared = sum(count * theirs[gram] for gram, count in mine.items())
            if shared:
                norm = length * math.sqrt(sum(count * count for count in theirs.values()))
                scored.append((shared / norm, name))
        nearest = sorted(scored, key=lambda item: -item[0])[:50]
        ranked = sorted(
            ((edit_similarity(folded, name.lower()), name) for _, name in nearest), key=lambda item: -item[0]
        )
        close = [item for item in ranked if item[0] >= min_likeness]
        if close:
            return close
    return []


def nearest_name(word: str, names: Sequence[str], *, min_likeness: float) -> str | None:
    """Return the nearest name, if one is near enough."""
    ranked = rank_names(word, names, min_likeness=min_likeness) if len(names) < MAX_NAMES else []
    return ranked[0][1] if ranked else None


def table_not_found(cache: SchemaCache, name: QualifiedName) -> RestError:
    """Make PGRST205."""
    near = nearest_name(
        name.name, [table.name for table in cache.tables if table.schema == name.schema], min_likeness=CLOSE
    )
    return RestError(
        404,
        "PGRST205",
        f"Could not find the table '{name.schema}.{name.name}' in the schema cache",
        hint=f"Perhaps you meant the table '{name.schema}.{near}'" if near else None,
    )


def relationship_not_found(cache: SchemaCache, schema: str, origin: str, target: str, hint: str | None) -> RestError:
    """Make PGRST200."""
    using = f"' using the hint '{hint}" if hint else ""
    known = cache.relationships.get((QualifiedName(schema, origin), schema))
    advice: str | None = None
    if known is None:
        parents = [table.name for table, other in cache.relationships if other == schema]
        if near := nearest_name(origin, parents, min_likeness=LOOSE):
            advice = f"Perhaps you meant '{near}' instead of '{origin}'."
    else:
        children = [relationship.foreign_table.name for relationship in known]
        ranked = [item for item in rank_names(target, children, min_likeness=LOOSE) if item[0] < 1.0]
        if ranked:
            advice = f"Perhaps you meant '{ranked[0][1]}' instead of '{target}'."
    return RestError(
        400,
        "PGRST200",
        f"Could not find a relationship between '{origin}' and '{target}' in the schema cache",
        details=(
            f"Searched for a foreign key relationship between '{origin}' and '{target}{using}' "
            f"in the schema '{schema}', but no matches were found."
        ),
        hint=advice,
    )


def ambiguous_relationship(origin: str, target: str, found: Sequence[Relationship]) -> RestError:
    """Make PGRST201."""
    ways = ", ".join(
        f"'{item.foreign_table.name}!{item.junction.table.name if item.junction else item.constraint}'"
        for item in found
    )
    return RestError(
        300,
        "PGRST201",
        f"Could not embed because more than one relationship was found for '{origin}' and '{target}'",
        details=[describe(item) for item in found],
        hint=(
            f"Try changing '{target}' to one of the following: {ways}. "
            "Find the desired relationship in the 'details' key."
        ),
    )


CARDINALITIES = {"m2m": "many-to-many", "m2o": "many-to-one", "o2o": "one-to-one", "o2m": "one-to-many"}


def describe(relationship: Relationship) -> dict[str, str]:
    """Describe one of several relationships."""
    junction = relationship.junction

    def listed(names: Iterable[str]) -> str:
        return "(" + ", ".join(names) + ")"

    if junction:
        source = listed(there for _, there in junction.source_columns)
        other = listed(there for _, there in junction.target_columns)
        text = (
            f"{junction.table.name} using {junction.source_constraint}{source} and {junction.target_constraint}{other}"
        )
    else:
        source = listed(here for here, _ in relationship.columns)
        other = listed(there for _, there in relationship.columns)
        text = (
            f"{relationship.constraint} using {relationship.table.name}{source} "
            f"and {relationship.foreign_table.name}{other}"
        )
    return {
        "embedding": f"{relationship.table.name} with {relationship.foreign_table.name}",
        "cardinality": CARDINALITIES[relationship.cardinality],
        "relationship": text,
    }


SINGLE_KINDS = {
    "text/plain": "text",
    "text/xml": "xml",
    "application/octet-stream": "bytea",
}


def routine_not_found(
    cache: SchemaCache, name: QualifiedName, keys: Sequence[str], content: str, *, is_post: bool
) -> RestError:
    """Make PGRST202."""
    full = f"{name.schema}.{name.name}"
    listed = ", ".join(keys)
    only_single = is_post and content in SINGLE_KINDS
    plural = "s" if len(keys) > 1 else ""
    without = " without parameters"
    if only_single:
        message, searched = "", f" with a single unnamed {SINGLE_KINDS[content]} parameter"
    else:
        message = f"({listed})" if keys else without
        searched = f" with parameter{plural} {listed}" if keys else without
        if is_post and content == "application/json":
            searched += " or with a single unnamed json/jsonb parameter"
    overloads = cache.routines.get(name, [])
    near: str | None = None
    if not only_single and overloads:
        forms = ["(" + ", ".join(sorted(item.name for item in routine.parameters)) + ")" for routine in overloads]
        form = nearest_name(f"({listed})", forms, min_likeness=LOOSE)
        near = name.name + form if form else None
    elif not only_single:
        names = [routine.name for routine in cache.routines if routine.schema == name.schema]
        near = nearest_name(name.name, names, min_likeness=CLOSE)
    return RestError(
        404,
        "PGRST202",
        f"Could not find the function {full}{message} in the schema cache",
        details=(f"Searched for the function {full}{searched}, but no matches were found in the schema cache."),
        hint=f"Perhaps you meant to call the function {name.schema}.{near}" if near else None,
    )


def ambiguous_routine(found: Sequence[Routine]) -> RestError:
    """Make PGRST203."""
    forms = ", ".join(
        f"{item.name.schema}.{item.name.name}("
        + ", ".join(f"{parameter.name} => {parameter.type}" for parameter in item.parameters)
        + ")"
        for item in found
    )
    return RestError(
        300,
        "PGRST203",
        f"Could not choose the best candidate function between: {forms}",
        hint=(
            "Try renaming the parameters or the function itself in the database so function overloading can be resolved"
        ),
    )
