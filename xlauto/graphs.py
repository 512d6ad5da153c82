"""Rings in what leads to what: for formulas that come back to their own cell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def knots(starts: Iterable[Node], leads_to: Callable[[Node], Iterable[Node]]) -> Iterator[list[Node]]:
    """The strongly connected parts of all that can be reached, each after all others that it leads to.

    A part of several nodes is a knot of rings; a single node is a ring only if it leads to itself. Every node is looked
    at once (Tarjan 1972, without recursion).
    """
    number: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    path: list[Node] = []
    on_path: set[Node] = set()
    for start in starts:
        if start in number:
            continue
        ahead: list[tuple[Node, Iterator[Node]]] = []
        entered: Node | None = start
        while entered is not None or ahead:
            if entered is not None:
                number[entered] = lowest[entered] = len(number)
                path.append(entered)
                on_path.add(entered)
                ahead.append((entered, iter(leads_to(entered))))
            node, others = ahead[-1]
            entered = None
            for other in others:
                if other not in number:
                    entered = other
                    break
                if other in on_path:
                    lowest[node] = min(lowest[node], number[other])
            if entered is not None:
                continue
            ahead.pop()
            if ahead:
                above = ahead[-1][0]
                lowest[above] = min(lowest[above], lowest[node])
            if lowest[node] == number[node]:
                part = [path.pop()]
                while part[-1] != node:
                    part.append(path.pop())
                on_path.difference_update(part)
                yield part[::-1]
