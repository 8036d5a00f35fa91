"""Lists in pages, of fifty rows where nothing else is said."""

from dataclasses import dataclass

from flask import request

from workbench.web.addresses import this_page_with

PAGE_SIZE = 50


@dataclass(frozen=True)
class Paging:
    """Which part of a list is shown; ``number`` counts from 1."""

    total: int
    number: int
    limit: int = PAGE_SIZE
    name: str = "page"

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.limit

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.limit))

    def address(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return this_page_with(self.name, str(number))


def page_of(total: int, limit: int = PAGE_SIZE, name: str = "page") -> Paging:
    """Return the page that the address asks for by this name, or the nearest that exists."""
    wanted = request.args.get(name, 1, type=int)
    return Paging(total, max(1, min(wanted, Paging(total, 1, limit).last)), limit, name)
