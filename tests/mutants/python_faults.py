"""Every small fault that could be made in a Python file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.mutants.mutant import Mutant, place_mutant
from tests.mutants.sql_faults import find_sql_faults

_FLIPS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
# What is only written down for people, and how long something is waited for, no test should depend on.
_UNTESTED = re.compile(r"\.(debug|info|warning|error|exception|inc|observe|set|labels|sleep)$|^(warnings\.|counter)")
_BOUND = re.compile(r"MOST|LONGEST|LARGEST|DEEPEST|MAX|LENGTH|LIMIT|AT_ONCE|AN_HOUR|A_MINUTE|TRIES|KEPT|KEEP")
# How a class is made, not what it does.
_STYLE = frozenset({"frozen", "slots", "repr", "kw_only", "daemon", "exc_info"})
_SQL = re.compile(r"\b(select|insert into|update|delete from)\b")


def find_python_faults(path: str, source: bytes) -> list[Mutant]:
    """List them in the order of the file."""
    return sorted(_Finder(path, source).find(), key=lambda mutant: mutant.start)


class _Finder:
    def __init__(self, path: str, source: bytes) -> None:
        self._path = path
        self._source = source
        self._starts = [0, *(at.end() for at in re.finditer(b"\n", source))]

    def find(self) -> Iterator[Mutant]:
        tree = ast.parse(self._source)
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.__dict__["parent"] = node
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare) and len(node.ops) == 1:
                yield from self._flip(node)
            elif isinstance(node, ast.BoolOp):
                yield from self._drop_operands(node)
            elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
                yield self._replace(node, self._text(node.operand), "negation dropped")
            elif isinstance(node, ast.Expr):
                yield from self._drop_call(node)
            elif isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise | ast.Return | ast.Continue):
                yield self._replace(node.test, "False", "guard dropped")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where":
                yield from self._drop_conditions(node)
            elif isinstance(node, ast.Constant):
                yield from self._change_constant(node)

    def _flip(self, node: ast.Compare) -> Iterator[Mutant]:
        left, right = self._text(node.left), self._text(node.comparators[0])
        for sign in _FLIPS[type(node.ops[0])]:
            yield self._replace(node, f"{left} {sign} {right}", "comparison changed")

    def _drop_operands(self, node: ast.BoolOp) -> Iterator[Mutant]:
        word = " and " if isinstance(node.op, ast.And) else " or "
        for dropped in node.values:
            kept = [self._text(value) for value in node.values if value is not dropped]
            yield self._replace(node, f"({word.join(kept)})", "condition dropped")

    def _drop_call(self, node: ast.Expr) -> Iterator[Mutant]:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call) and not _UNTESTED.search(self._text(call.func)):
            yield self._replace(node, "pass", "call dropped")

    def _drop_conditions(self, node: ast.Call) -> Iterator[Mutant]:
        if len(node.args) < 2:
            return
        for dropped in node.args:
            kept = ", ".join(self._text(value) for value in node.args if value is not dropped)
            start, end = self._span(node.args[0])[0], self._span(node.args[-1])[1]
            yield place_mutant(
                self._path, self._source, rule="condition of a query dropped", start=start, end=end, after=kept
            )

    def _change_constant(self, node: ast.Constant) -> Iterator[Mutant]:
        parent = node.__dict__["parent"]
        if isinstance(node.value, str) and len(node.value) > 20 and _SQL.search(node.value):
            if not isinstance(parent, ast.Expr | ast.JoinedStr):
                yield from find_sql_faults(self._path, self._source, *self._span(node))
        elif isinstance(node.value, bool) and isinstance(parent, ast.Return | ast.keyword | ast.Assign | ast.AnnAssign):
            if getattr(parent, "arg", "") not in _STYLE:
                yield self._replace(node, str(not node.value), "answer turned round")
        elif type(node.value) is int and isinstance(parent, ast.Compare | ast.Slice):
            yield self._replace(node, str(node.value + 1), "number one higher")
        elif type(node.value) is int and self._is_of_a_bound(node):
            yield self._replace(node, str(node.value * 2), "bound doubled")

    def _is_of_a_bound(self, node: ast.AST) -> bool:
        """Say whether a number stands in an assignment to a constant that is named as a bound."""
        while isinstance(node, ast.expr | ast.keyword):
            node = node.__dict__["parent"]
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.col_offset:
            return False
        return bool(_BOUND.search(self._text(node).partition("=")[0]))

    def _replace(self, node: ast.expr | ast.stmt, after: str, rule: str) -> Mutant:
        start, end = self._span(node)
        return place_mutant(self._path, self._source, rule=rule, start=start, end=end, after=after)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self._source[start:end].decode()
