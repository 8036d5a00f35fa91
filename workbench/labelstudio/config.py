"""A label scheme as Label Studio's labelling configuration, and what a configuration says.

Labels, controls and choices carry the scheme's permanent names, as ``alias`` beside the words that
people see; Label Studio puts the alias into its results. A configuration that comes from a server
is anybody's XML: it is read without entities and up to a size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from lxml import etree  # type: ignore[import-untyped]  # lxml comes without types.

from workbench.canonical import Json, content_hash
from workbench.errors import InvalidInputError
from workbench.labelling.frames import Decision
from workbench.messages import Message
from workbench.projects.scheme import Field, Scheme

MAX_BYTES = 1 << 20
CLAIM, MENTION, CUE, STANCE = "claim", "mention", "cue", "stance"
NOT_CLAIMS = tuple(one.value for one in Decision if one is not Decision.CLAIMS)
SPAN, TEXT = "span", "text"  # Names of the control of labels and of what is labelled.
SAID_BY, CUED_BY, CONTINUES_IN, STANCE_OF = "said_by", "cued_by", "continues_in", "stance_of"
RELATIONS = (SAID_BY, CUED_BY, CONTINUES_IN, STANCE_OF)

# On which labels the fields of a level are asked.
ASKED_ON = {
    "annotation": (CLAIM, *NOT_CLAIMS),
    "claim": (CLAIM,),
    "link": (MENTION, CUE),
    "stance": (STANCE,),
}
_COLOURS = {
    CLAIM: "#FFA39E",
    MENTION: "#91D5FF",
    CUE: "#B7EB8F",
    STANCE: "#D3ADF7",
    Decision.NO_CLAIM: "#D9D9D9",
    Decision.UNDECIDED: "#FFE58F",
    Decision.NOT_ANNOTATABLE: "#BFBFBF",
}


class Kind(StrEnum):
    """What a control takes: one of its choices, a text, or an entry of a register."""

    CHOICE = "choice"
    TEXT = "text"
    SPEAKER = "speaker"
    TARGET = "target"


_KINDS = {
    "choice": Kind.CHOICE,
    "text": Kind.TEXT,
    "edtf": Kind.TEXT,
    "speaker": Kind.SPEAKER,
    "target": Kind.TARGET,
}
# Register entries come with each task, so that a new one changes no configuration.
SOURCES: Mapping[Kind, str] = MappingProxyType({Kind.SPEAKER: "speakers", Kind.TARGET: "targets"})
_KINDS_BY_SOURCE = {f"${source}": kind for kind, source in SOURCES.items()}
MISSING = {
    "label": Message("The label “%(name)s” is missing there."),
    "control": Message("The control “%(name)s” is missing there."),
    "relation": Message("The relation “%(name)s” is missing there."),
    "value": Message("The value of %(control)s “%(name)s” is missing there."),
}
NOT_OURS = {
    "label": Message("The label “%(name)s” there is none of ours."),
    "control": Message("The control “%(name)s” there is none of ours."),
    "relation": Message("The relation “%(name)s” there is none of ours."),
    "value": Message("The value of %(control)s “%(name)s” there is none of ours."),
}


@dataclass(frozen=True)
class Control:
    """What is asked of a region: a field of the scheme, under its name there.

    ``on`` are the labels of the regions that are asked, ``values`` the words of the choices.
    """

    name: str
    kind: Kind
    word: str
    on: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Config:
    """What a configuration lets people say; ``foreign`` names controls that are none of ours."""

    labels: Mapping[str, str]
    controls: Mapping[str, Control]
    relations: tuple[str, ...] = RELATIONS
    foreign: tuple[str, ...] = ()


class UnreadableConfigError(InvalidInputError):
    """A labelling configuration cannot be read, or is not one."""

    code = "unreadable_config"


def make_config(scheme: Scheme, *, language: str) -> Config:
    """Return what Label Studio is to ask for a label scheme, in the words of a language."""

    def word(field: Field | None, name: str) -> str:
        return field.label.get(language, name) if field else name

    decision = scheme.fields["decision"]
    labels = {
        CLAIM: decision.values[Decision.CLAIMS].label.get(language, CLAIM),
        MENTION: word(scheme.fields.get("mention"), MENTION),
        CUE: word(scheme.fields.get("cue"), CUE),
        STANCE: word(scheme.fields.get("stance_value"), STANCE),
    }
    labels |= {name: decision.values[name].label.get(language, name) for name in NOT_CLAIMS}
    return Config(
        labels,
        {
            field.name: Control(
                field.name,
                _KINDS[field.kind],
                word(field, field.name),
                ASKED_ON[field.on],
                {
                    value.name: value.label.get(language, value.name)
                    for value in field.values.values()
                },
            )
            for field in scheme.fields.values()
            if field.kind in _KINDS and field is not decision
        },
    )


def write_config(config: Config) -> str:
    """Return the configuration as XML; ``read_config`` reads it back equal."""
    view = etree.Element("View")
    etree.SubElement(view, "Style").text = ".lsf-htx-richtext { white-space: pre-wrap; }"
    etree.SubElement(view, "Header", value="$title")
    labels = etree.SubElement(view, "Labels", name=SPAN, toName=TEXT, choice="single")
    for name, word in config.labels.items():
        colour = {"background": _COLOURS[name]} if name in _COLOURS else {}
        etree.SubElement(labels, "Label", value=word, alias=name, **colour)
    # Without "symbol" the editor rounds what is drawn to whole words.
    etree.SubElement(view, "Text", name=TEXT, value="$text", granularity="symbol")
    for control in config.controls.values():
        _write_control(view, control)
    relations = etree.SubElement(view, "Relations")
    for name in config.relations:
        etree.SubElement(relations, "Relation", value=name)
    etree.indent(view)
    return str(etree.tostring(view, encoding="unicode"))


def _write_control(view: etree.Element, control: Control) -> None:
    when = {"whenTagName": SPAN, "whenLabelValue": ",".join(control.on)}
    box = etree.SubElement(view, "View", visibleWhen="region-selected", **when)
    etree.SubElement(box, "Header", value=control.word, size="5")
    told = {"name": control.name, "toName": TEXT, "perRegion": "true", **when}
    if control.kind is Kind.TEXT:
        etree.SubElement(box, "TextArea", **told, maxSubmissions="1", editable="true", rows="1")
    elif control.kind in SOURCES:
        source = f"${SOURCES[control.kind]}"
        etree.SubElement(box, "Choices", **told, choice="single", layout="select", value=source)
    else:
        choices = etree.SubElement(box, "Choices", **told, choice="single", showInline="true")
        for name, word in control.values.items():
            etree.SubElement(choices, "Choice", value=word, alias=name)


def read_config(xml: str) -> Config:
    """Read a labelling configuration; ``UnreadableConfigError`` says what is wrong with it."""
    view = _parse(xml)
    labels: dict[str, str] = {}
    controls: dict[str, Control] = {}
    foreign: list[str] = []
    for element in view.iter():
        name = element.get("name", "")
        kind = _kind(element)
        if element.tag == "Labels" and name == SPAN and not labels:
            labels = _read_values(element, "Label")
        elif kind is not None and name not in controls:
            on = tuple(element.get("whenLabelValue", "").split(","))
            header = element.getparent().find("Header")
            word = name if header is None else header.get("value", name)
            controls[name] = Control(name, kind, word, on, _read_values(element, "Choice"))
        elif name and element.get("toName"):
            foreign.append(f"{element.tag} {name}")
    relations = tuple(_read_values(view, ".//Relation"))
    return Config(labels, controls, relations, tuple(foreign))


def join_configs(newest: Config, *earlier: Config) -> Config:
    """Return what lets people say all that any of these does; of two words the newest counts."""
    labels: dict[str, str] = {}
    controls: dict[str, Control] = {}
    for one in (*earlier, newest):
        labels |= one.labels
        for name, control in one.controls.items():
            before = controls.get(name)
            values = {**before.values, **control.values} if before else control.values
            controls[name] = replace(control, values=values)
    return replace(newest, labels=labels, controls=controls)


def keep_controls(ours: Config, theirs: Config, known: Config) -> Config:
    """Return ours with the controls of theirs that were ours once."""
    once = {name: one for name, one in theirs.controls.items() if name in known.controls}
    return replace(ours, controls={**once, **ours.controls})


def hash_config(xml: str) -> str:
    """Return what tells whether a configuration was changed: blanks and comments do not count."""
    return content_hash(_bare(_parse(xml)))


def find_differences(ours: Config, theirs: Config) -> list[Message]:
    """Say in a sentence each how their configuration asks something else than ours.

    Words that people see may differ; an empty list means that answers go both ways.
    """
    found = [*_compare("label", ours.labels, theirs.labels)]
    found += _compare("control", ours.controls, theirs.controls)
    found += _compare("relation", dict.fromkeys(ours.relations), dict.fromkeys(theirs.relations))
    for name, control in ours.controls.items():
        if (other := theirs.controls.get(name)) is not None:
            found += _compare("value", control.values, other.values, control=name)
            if control.kind is not other.kind:
                found.append(
                    Message(
                        "The control “%(name)s” takes a %(there)s there and a %(here)s here.",
                        name=name,
                        there=other.kind.value,
                        here=control.kind.value,
                    )
                )
            if {*control.on} != {*other.on}:
                found.append(
                    Message(
                        "The control “%(name)s” is asked of %(there)s there and of %(here)s here.",
                        name=name,
                        there=", ".join(other.on),
                        here=", ".join(control.on),
                    )
                )
    return [*found, *_compare("control", {}, dict.fromkeys(theirs.foreign))]


def _compare(
    what: str, ours: Mapping[str, object], theirs: Mapping[str, object], **more: str
) -> Iterator[Message]:
    for name in ours:
        if name not in theirs:
            yield Message(MISSING[what], name=name, **more)
    for name in theirs:
        if name not in ours:
            yield Message(NOT_OURS[what], name=name, **more)


def _parse(xml: str) -> etree.Element:
    try:
        content = xml.encode()
    except UnicodeEncodeError:
        raise UnreadableConfigError(
            "The labelling configuration has half a character, which no text may have."
        ) from None
    if len(content) > MAX_BYTES:
        raise UnreadableConfigError(
            "The labelling configuration has %(size)s bytes and may have %(most)s.",
            size=len(content),
            most=MAX_BYTES,
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        view = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableConfigError(
            "The labelling configuration is no XML: %(why)s.", why=error.msg
        ) from None
    if view.getroottree().docinfo.internalDTD is not None:
        raise UnreadableConfigError(
            "The labelling configuration declares a document type, which none of Label Studio's"
            " has."
        )
    if view.tag != "View":
        raise UnreadableConfigError(
            "The labelling configuration begins with %(tag)s and should begin with View.",
            tag=str(view.tag)[:40],
        )
    return view


def _kind(element: etree.Element) -> Kind | None:
    if not element.get("name") or element.get("perRegion") != "true":
        return None
    if element.tag == "TextArea":
        return Kind.TEXT
    if element.tag != "Choices":
        return None
    source = element.get("value")
    return _KINDS_BY_SOURCE.get(source) if source else Kind.CHOICE


def _read_values(element: etree.Element, path: str) -> dict[str, str]:
    found = element.iterfind(path)
    told = ((one.get("alias"), one.get("value", "")) for one in found)
    return {alias or word: word for alias, word in told}


def _bare(element: etree.Element) -> Json:
    # Trees are shallow: the parser refuses more than 256 levels.
    children: list[Json] = [_bare(child) for child in element]
    text = (element.text or "").strip()
    return [
        str(element.tag),
        {str(key): str(said) for key, said in element.items()},
        text,
        children,
    ]
