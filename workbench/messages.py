"""Sentences that are kept, and said later in the language of whoever reads them."""

from collections.abc import Mapping


class Message(str):
    """An English sentence that still knows its ``template`` and the values in its places."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> "Message":
        """Fill the values into the ``%(name)s`` places."""
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made
