"""What all forms share: they take the fields they name and refuse any other."""

from collections.abc import Mapping

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field

from workbench.canonical import Json
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.web.errors import tell

CSRF_FIELD = "csrf_token"


class WorkbenchForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of the workbench; ``is_sent_well()`` is the question a view asks."""

    refusal = InvalidInputError.status

    def is_sent_well(self) -> bool:
        """Tell whether the form was sent and every field is right.

        A field that the form does not have is no slip of a person: it is refused at once.
        """
        if request.method != "POST":
            return False
        unknown = sorted(set(request.form) - {field.name for field in self} - {CSRF_FIELD})
        if unknown:
            raise InvalidInputError("The form has no field “%(name)s”.", name=unknown[0][:80])
        return bool(self.validate())

    def refuse(self, error: WorkbenchError) -> None:
        """Show above the form why what was sent could not be done.

        Where something newer came first, the form rests on that from now on: its page shows it.
        """
        self.form_errors.append(tell(error))
        self.refusal = error.status
        newest = error.extra.get("newest")
        if "base" in self and isinstance(newest, dict) and "number" in newest:
            self.rest_on("base", newest["number"])

    def rest_on(self, name: str, value: Json) -> None:
        """Let a hidden field say another revision than was sent."""
        self[name].data, self[name].raw_data = value, None

    def rest_on_newest(self, values: Mapping[str, Json], state: str) -> dict[str, str]:
        """Let ``state`` say the newest; return what its fields say otherwise, by their labels."""
        self.rest_on("state", state)
        return {
            str(self[name].label.text): _in_words(self[name], value)
            for name, value in values.items()
            if _lines(self[name].data) != _lines(value)
        }

    @property
    def status(self) -> int:
        """The status of the page that shows this form: what went wrong with it, if anything."""
        if not self.errors:
            return 200
        return self.refusal


def _lines(value: Json) -> list[str]:
    """Return the lines of a text, however a browser ends them; nothing has none."""
    return str(value or "").strip().splitlines()


def _in_words(field: Field, value: Json) -> str:
    words = {one.value: one.label for one in getattr(field, "choices", ())}
    words |= {True: gettext("yes"), False: gettext("no")}
    return str(words.get(value, value) or "–")
