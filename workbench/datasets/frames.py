"""Claims and stances as datasets have them, with the names of speakers, targets and attributes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.canonical import JsonObject
from workbench.datasets.features import AttributeNames, attribute_names
from workbench.labelling.frames import (
    AUTHOR,
    UNSPECIFIED,
    Attributes,
    ClaimFrame,
    Span,
    StanceFrame,
    span_json,
)
from workbench.labelling.origins import Suggested, claim_origins, stance_origin
from workbench.labelling.registers import load_registers
from workbench.projects.operations import LANGUAGES

SpanWriter = Callable[[Span], JsonObject]


@dataclass(frozen=True)
class FrameWriter:
    """Writes frames of one project: what is the same for all of them is read once.

    Keys come in the order of canonical JSON, which sorts them: what is sorted is sorted sooner.

    ``known_names`` are those by which the register knows each speaker, folded.
    """

    speakers: Mapping[str, JsonObject]
    targets: Mapping[str, JsonObject]
    names: AttributeNames
    known_names: Mapping[str, frozenset[str]]

    def claim(
        self,
        claim: ClaimFrame,
        position: int,
        sentence: tuple[int, int],
        suggested: Suggested | None,
        write: SpanWriter = span_json,
    ) -> JsonObject:
        """Return a claim of the sentence of this range; it came from ``suggested``, if any."""
        start, _ = sentence
        origins = claim_origins(claim, suggested, sentence)
        return {
            "attributes": self.attributes("claim", claim.attributes),
            "chain": [
                {
                    "attributes": self.attributes("link", link.attributes),
                    "cue": write(link.cue) if link.cue else None,
                    "depth": depth,
                    "mention": write(link.mention) if link.mention else None,
                    "source": _source(link.speaker),
                    "speaker": self.speakers.get(link.speaker),
                }
                for depth, link in enumerate(claim.chain)
            ],
            "id": claim.id,
            "origin": {
                "rule": suggested.rule if suggested else None,
                "rule_version": suggested.rule_version if suggested else None,
                **origins,
            },
            "parts": [
                {
                    **write(part),
                    "start_in_sentence": part.start - start,
                    "end_in_sentence": part.end - start,
                }
                for part in claim.parts
            ],
            "position": position,
        }

    def stance(
        self, stance: StanceFrame, suggested: Suggested | None, write: SpanWriter = span_json
    ) -> JsonObject:
        """Return a stance; the claim it belongs to came from ``suggested``, if any."""
        return {
            "attributes": self.attributes("stance", stance.attributes),
            "claim": stance.claim,
            "holder": _source(stance.holder),
            "origin": stance_origin(stance, suggested).value,
            "speaker": self.speakers.get(stance.holder),
            "target": self.targets[stance.target],
            "target_span": write(stance.target_span) if stance.target_span else None,
            "value": stance.value,
        }

    def attributes(self, level: str, said: Attributes) -> JsonObject:
        """Return all attributes of a level: each record has the same, whatever was said."""
        return {name: said.get(name) for name in self.names[level]}


def read_frame_writer(session: Session, *, project_id: int) -> FrameWriter:
    """Return what writes the frames of a project."""
    registers = load_registers(session, project_id=project_id)
    return FrameWriter(
        speakers={
            entry.id: {"id": entry.id, "name": entry.name, "kind": entry.kind}
            for entry in registers.speakers
        },
        targets={
            entry.id: {
                "id": entry.id,
                "labels": {language: entry.labels.get(language) for language in LANGUAGES},
                "kind": entry.kind,
            }
            for entry in registers.targets
        },
        names=attribute_names(session, project_id=project_id),
        known_names={
            entry.id: frozenset(name.casefold() for name in (entry.name, *entry.aliases))
            for entry in registers.speakers
        },
    )


def _source(speaker: str) -> str:
    return speaker if speaker in {AUTHOR, UNSPECIFIED} else "speaker"
