"""The pages of a list, whatever was asked for."""

from flask import Flask

from workbench.web.paging import Paging


def test_another_page_keeps_what_was_asked_and_takes_no_orders(app: Flask) -> None:
    asked = "/projects/demo/statements/?search=%C3%A9&_method=POST&endpoint=x&_external=1"

    with app.test_request_context(f"{asked}&page=1"):
        assert Paging(100, 1).address(2) == f"{asked}&page=2"
