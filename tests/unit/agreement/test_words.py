"""How figures of agreement are put into words."""

from workbench.agreement.figures import Figure, Measure
from workbench.agreement.words import Names, name_prevalence


def test_the_most_frequent_values_come_first_in_whatever_order_they_were_kept() -> None:
    shares = {"cause": 0.1, "fact": 0.5, "number": 0.1, "opinion": 0.3}
    figure = Figure("claim_type", Measure.NOMINAL, 0.9, None, prevalence=shares)

    assert name_prevalence(figure, Names({}, {}), "en", 2) == "fact 50%, opinion 30%"
