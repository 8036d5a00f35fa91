"""The best one-to-one matching of two small groups: the pairs whose weights add up to most."""

from collections.abc import Collection, Mapping

Pair = tuple[int, int]


def best_pairs(weights: Mapping[Pair, int]) -> list[Pair]:
    """Return the pairs, no place used twice on its side, whose weights add up to most.

    ``weights`` are positive; what is not in it cannot be paired. The Hungarian method (Kuhn 1955,
    in the form of shortest augmenting paths), exact since it counts in whole numbers; cubic in the
    larger group, so give it what hangs together, see ``split_apart``.
    """
    ones, others = sorted({one for one, _ in weights}), sorted({other for _, other in weights})
    size = max(len(ones), len(others))
    costs = [[0] * size for _ in range(size)]
    for (one, other), weight in weights.items():
        costs[ones.index(one)][others.index(other)] = -weight
    chosen = ((ones[row], others[column]) for row, column in _assign(costs) if costs[row][column])
    return sorted(chosen)


def split_apart(pairs: Collection[Pair]) -> list[set[Pair]]:
    """Divide pairs into groups that have no place in common."""
    groups: list[tuple[set[int], set[int], set[Pair]]] = []
    for one, other in pairs:
        ones, others, group = {one}, {other}, {(one, other)}
        apart = []
        for known in groups:
            if one in known[0] or other in known[1]:
                ones |= known[0]
                others |= known[1]
                group |= known[2]
            else:
                apart.append(known)
        groups = [*apart, (ones, others, group)]
    return [group for _, _, group in groups]


def _assign(costs: list[list[int]]) -> list[Pair]:
    """Return for each row of a square table its column, so that the costs add up to least."""
    size = len(costs)
    row_price, column_price = [0] * size, [0] * (size + 1)
    row_of = [-1] * (size + 1)  # by column; the last one is where each search begins
    for row in range(size):
        row_of[size] = row
        column = size
        least: list[int | None] = [None] * size
        came_from = [size] * size
        seen: set[int] = set()
        while row_of[column] >= 0:
            seen.add(column)
            here = row_of[column]
            for free in range(size):
                if free not in seen:
                    cost = costs[here][free] - row_price[here] - column_price[free]
                    known = least[free]
                    if known is None or cost < known:
                        least[free], came_from[free] = cost, column
            step, following = min(
                (cost, free)
                for free, cost in enumerate(least)
                if free not in seen and cost is not None
            )
            for used in seen:
                row_price[row_of[used]] += step
                column_price[used] -= step
            least = [None if cost is None else cost - step for cost in least]
            column = following
        while column != size:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return [(row_of[column], column) for column in range(size)]
