"""The words of the fact-check desk: states, relations, kinds of evidence, and the four classes."""

from enum import StrEnum

MAX_WORDING = 500  # characters; claimReviewed should stay under CLAIM_REVIEWED
CLAIM_REVIEWED = 75


class State(StrEnum):
    """How far the check of a statement is; apart from what the verdict says."""

    OPEN = "open"
    ASSIGNED = "assigned"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Relation(StrEnum):
    """What a claim does with the statement it is an appearance of."""

    ASSERTS = "asserts"
    DENIES = "denies"
    LIMITS = "limits"
    MENTIONS = "mentions"


class LinkKind(StrEnum):
    """What one statement is to another; ``different`` is a proposal that a person refused."""

    CONTRADICTS = "contradicts"
    SUPPORTS = "supports"
    SAME = "same"
    DIFFERENT = "different"


class Strategy(StrEnum):
    """How a statement is checked (AVeriTeC's strategy tags)."""

    WRITTEN_EVIDENCE = "written_evidence"
    NUMERICAL_COMPARISON = "numerical_comparison"
    CONSULTATION = "consultation"
    SATIRICAL_SOURCE = "satirical_source"
    FACT_CHECKER_REFERENCE = "fact_checker_reference"


class Bearing(StrEnum):
    """What a piece of evidence does to the statement."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    CONTEXT = "context"


class AnswerType(StrEnum):
    """How the answer to the evidence's question is given (AVeriTeC)."""

    EXTRACTIVE = "extractive"
    ABSTRACTIVE = "abstractive"
    BOOLEAN = "boolean"
    UNANSWERABLE = "unanswerable"


class Medium(StrEnum):
    """What the evidence stands in (AVeriTeC's source media)."""

    WEB_TEXT = "web_text"
    WEB_TABLE = "web_table"
    PDF = "pdf"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    METADATA = "metadata"
    OTHER = "other"


class SourceKind(StrEnum):
    """How near the evidence is to what it tells of."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    FACT_CHECK = "fact_check"


class FetchOutcome(StrEnum):
    """What a page was found to be: kept the first time, then compared with what was kept."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    DRIFTED = "drifted"
    GONE = "gone"


class Rating(StrEnum):
    """The four classes of AVeriTeC, which every scale of a project maps to."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    CONFLICTING = "conflicting"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


class ReviewStep(StrEnum):
    """What happens to a revision of the final verdict: review is asked for, and given or not."""

    ASKED = "asked"
    APPROVED = "approved"
    RETURNED = "returned"
