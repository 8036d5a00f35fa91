"""The one door to crowd-kit, whose models weigh annotators by how they answer.

The library is the extra ``aggregation``: imported only here, and only when one is asked for.
"""

import warnings
from collections.abc import Iterator, Sequence
from enum import StrEnum
from importlib.util import find_spec

from workbench.errors import UnavailableError


class Method(StrEnum):
    """How answers become shares: counted, or weighed by a model of who gives them."""

    VOTES = "votes"
    DAWID_SKENE = "dawid_skene"
    MACE = "mace"


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
    give the same shares.

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
    # Its restarts all begin from the same random state, so that one is as good as ten.
    model = DawidSkene(n_iter=100) if method is Method.DAWID_SKENE else MACE(n_restarts=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of pandas, for how crowd-kit calls it
        found = model.fit_predict_proba(given)
    table = found.reindex(index=range(size), columns=range(len(order)), fill_value=0.0)
    shares = np.zeros(table.shape)
    shares[:, order] = table.to_numpy()
    return (row.tolist() for row in shares)
