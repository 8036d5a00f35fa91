"""The one door to crowd-kit, whose models weigh annotators by how they answer.

The library is the extra ``aggregation``: imported only here, and only when one is asked for. A
model always returns some shares; here they are held against what they must at least say, and
withheld if they do not.
"""

import warnings
from collections.abc import Iterator, Sequence
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING

from workbench.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    import pandas as pd

# Of two people none can tell who errs; with three, every two can be held against the third.
LEAST_PEOPLE = 3
LEAST_ANSWERS = 20  # by each of them, to what others answered, too
LEAST_TRUST = 0.75  # on average, in what all say alike; between two values, chance gives 0.5
MOST_ROUNDS = 100
MOST_APART = 0.05  # on average, the shares that two beginnings lead to


class UnweighedError(InvalidInputError):
    """A model makes nothing of so few or such answers; votes are not touched by it."""

    code = "unweighed"


class Method(StrEnum):
    """How answers become shares: counted, or weighed by a model of who gives them."""

    VOTES = "votes"
    DAWID_SKENE = "dawid_skene"
    MACE = "mace"

    @property
    def people(self) -> str:
        """The name of whoever published it."""
        return {"dawid_skene": "Dawid–Skene", "mace": "MACE"}.get(self.value, self.value)


def has_models() -> bool:
    """Tell whether the library of the models is installed."""
    return find_spec("crowdkit") is not None


def weigh_answers(
    method: Method,
    tasks: Sequence[int],
    people: Sequence[int],
    answers: Sequence[int],
    *,
    size: int,
) -> Iterator[Sequence[float]]:
    """Yield for each of so many tasks how likely each answer is right; they add up to 1.

    The n-th of each sequence is one answer to one task by one person; tasks and answers are
    numbered from 0, answers without gaps. A task without answers has 0 for each. The same answers
    give the same shares. ``UnweighedError`` where fewer than ``LEAST_PEOPLE`` have answered enough
    of what others did, too, or where the model does not settle, or doubts what all say alike.

    A. Philip Dawid and Allan M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using
    the EM Algorithm", Applied Statistics 28 (1979), 20–28; Dirk Hovy and others, "Learning Whom to
    Trust with MACE", NAACL-HLT 2013.
    """
    import numpy as np  # noqa: PLC0415  # as is crowd-kit, which few ask for
    import pandas as pd  # noqa: PLC0415

    try:
        from crowdkit.aggregation import MACE, DawidSkene  # noqa: PLC0415
    except ImportError as error:
        raise UnavailableError(
            "Shares by Dawid–Skene or MACE need the library crowd-kit; install the workbench with"
            " its extra: pip install 'claim-workbench[aggregation]'."
        ) from error
    if not tasks:
        return iter([()] * size)
    # The MACE of crowd-kit 1.4.2 mixes up people and answers unless their order is that in which
    # they first appear.
    codes, order = pd.factorize(np.asarray(answers))
    workers, _ = pd.factorize(np.asarray(people))
    given = pd.DataFrame({"task": tasks, "worker": workers, "label": codes})
    _check_answers(method, given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of pandas, for how crowd-kit calls it
        if method is Method.DAWID_SKENE:
            model = DawidSkene(n_iter=MOST_ROUNDS)
            found = model.fit_predict_proba(given)
            settles = len(model.loss_history_) < MOST_ROUNDS
        else:
            # Its restarts all begin from the same random state, so that one is as good as ten.
            found, other = (
                MACE(n_restarts=1, random_state=state).fit_predict_proba(given) for state in (0, 1)
            )
            settles = float((found - other).abs().to_numpy().mean()) <= MOST_APART
    if not settles:
        raise UnweighedError(
            "%(method)s does not settle on these answers: count votes, or have more articles"
            " labelled.",
            method=method.people,
        )
    _check_trust(method, given, found)
    table = found.reindex(index=range(size), columns=range(len(order)), fill_value=0.0)
    shares = np.zeros(table.shape)
    shares[:, order] = table.to_numpy()
    return (row.tolist() for row in shares)


def _check_answers(method: Method, given: "pd.DataFrame") -> None:
    """Raise ``UnweighedError`` where too few have answered enough of what others did, too."""
    shared = given[given.duplicated("task", keep=False)]
    enough = int((shared["worker"].value_counts() >= LEAST_ANSWERS).sum())
    if enough < LEAST_PEOPLE:
        raise UnweighedError(
            "%(method)s needs %(people)s annotators with %(answers)s answers each to what others"
            " answered, too, and here %(enough)s have so many: count votes.",
            method=method.people,
            people=LEAST_PEOPLE,
            answers=LEAST_ANSWERS,
            enough=enough,
        )


def _check_trust(method: Method, given: "pd.DataFrame", found: "pd.DataFrame") -> None:
    """Raise ``UnweighedError`` where the model doubts what several people all say alike."""
    said = given.groupby("task")["label"].agg(["size", "nunique", "first"])
    alike = said[(said["size"] > 1) & (said["nunique"] == 1)]
    rows = found.index.get_indexer(alike.index)
    columns = found.columns.get_indexer(alike.set_index("first").index)
    shares = found.to_numpy()[rows, columns]
    trust = float(shares.mean()) if len(shares) else 0.0
    if trust < LEAST_TRUST:
        raise UnweighedError(
            "%(method)s finds nothing to go by in these answers: of what all say alike it holds"
            " %(trust)s %% to be right, on average, and %(least)s %% is the least to be believed;"
            " count votes.",
            method=method.people,
            trust=round(100 * trust),
            least=round(100 * LEAST_TRUST),
        )
