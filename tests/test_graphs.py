"""Rings in what leads to what, against the plain definition: two nodes are in one part if each reaches the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xlauto.graphs import knots

GRAPHS = st.integers(1, 7).flatmap(
    lambda size: st.fixed_dictionaries(
        {node: st.lists(st.integers(0, size - 1), max_size=4, unique=True) for node in range(size)}
    )
)


def reached(graph: dict[int, list[int]], start: int) -> set[int]:
    found: set[int] = set()
    ahead = [start]
    while ahead:
        for other in graph[ahead.pop()]:
            if other not in found:
                found.add(other)
                ahead.append(other)
    return found


@given(GRAPHS)
def test_each_part_is_a_knot_of_rings_or_a_single_node(graph: dict[int, list[int]]) -> None:
    reach = {node: reached(graph, node) for node in graph}
    parts = list(knots(graph, graph.__getitem__))
    assert sorted(node for part in parts for node in part) == sorted(graph)
    for part in parts:
        first = part[0]
        assert set(part) == {first} | {node for node in reach[first] if first in reach[node]}


@given(GRAPHS)
def test_a_part_comes_after_all_that_it_leads_to(graph: dict[int, list[int]]) -> None:
    known: set[int] = set()
    for part in knots(graph, graph.__getitem__):
        known |= set(part)
        assert {other for node in part for other in graph[node]} <= known


def test_a_long_chain_needs_no_depth() -> None:
    size = 50_000
    assert len(list(knots([0], lambda node: [node + 1] if node < size else []))) == size + 1
