"""The form of one's own keys: a box for each action; an empty one takes the key that comes."""

from collections.abc import Mapping
from functools import cache

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import StringField
from wtforms.validators import Length

from workbench.accounts.keys import KEYS, SCHEME_KEYS, SHIFTED, find_clash, is_possible
from workbench.projects.operations import default_scheme
from workbench.projects.scheme import Words, parse_scheme
from workbench.web.forms.base import WorkbenchForm
from workbench.web.languages import page_language


@cache
def _scheme_words() -> Mapping[str, Words]:
    """Return what decisions and fields are called in the scheme that comes with the program."""
    fields = parse_scheme(default_scheme()).fields
    decisions = {name: one.label for name, one in fields["decision"].values.items()}
    return {name: one.label for name, one in fields.items()} | decisions


def _scheme_word(name: str) -> str:
    return _scheme_words()[name][page_language()]


LABELS = {
    **{name: LazyString(_scheme_word, name) for name in SCHEME_KEYS},
    "via": _("Via: who relays the words"),
    "more": _("Fields that are rarely needed"),
    "rule": _("What the guideline says"),
    "accept": _("Accept the suggestion; with Shift: and move its borders"),
    "reject": _("Reject the suggestion"),
    "otherSuggestion": _("Another suggestion"),
    "next": _("Next sentence"),
    "previous": _("Previous sentence"),
    "search": _("Search"),
    "recent": _("Recent decisions"),
    "doubt": _("Not sure: come back to it"),
    "ask": _("Ask the lead"),
    "grow": _("Grow the selection; with Shift: shrink it"),
    "walk": _("Walk through the words"),
    "steps": _("Whole words or exact characters"),
    "repeat": _("The same words elsewhere"),
    "sheet": _("All keys"),
}

# What some of them do where answers are compared.
GOLD_LABELS = {
    "accept": _("Take what all agree on; with Shift: and move the borders"),
    "reject": _("Nothing here, whatever they say"),
    "otherSuggestion": _("Decide later, and go on"),
    "next": _("Next difference"),
    "previous": _("Difference before"),
    "ask": _("Reason; again: note"),
    "recent": _("What was decided here; decide again"),
    "repeat": _("Take over all sentences to which all gave the same answer"),
}


class KeysForm(WorkbenchForm):
    """A key for each action of the workspace."""

    def own(self) -> dict[str, str]:
        """Return the keys that were chosen, by action."""
        typed = {name: (self[name].data or "").strip().lower() for name in LABELS}
        return {name: key for name, key in typed.items() if key and key != KEYS[name]}

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Tell whether each key can be one, and no two actions share one."""
        if not super().validate(extra_validators):
            return False
        own = self.own()
        for name, key in own.items():
            if not is_possible(name, key):
                self[name].errors = [
                    gettext("A letter here: with Shift the key does something else.")
                    if name in SHIFTED and is_possible("next", key)
                    else gettext("One letter, or a mark that is no digit and not “?”.")
                ]
                return False
        if clash := find_clash({**KEYS, **own}):
            one, other = (LABELS[name] for name in clash)
            key = {**KEYS, **own}[clash[0]].upper()
            told = gettext(
                "%(key)s would be both “%(one)s” and “%(other)s”.", key=key, one=one, other=other
            )
            for name in clash:
                self[name].errors = [told]
            return False
        return True


for _name, _label in LABELS.items():
    setattr(
        KeysForm,
        _name,
        StringField(
            _label,
            [Length(max=20)],
            render_kw={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "placeholder": KEYS[_name].upper(),
                "data-key": KEYS[_name],
                "data-shifted": _name in SHIFTED,
                "size": 3,
            },
        ),
    )
