"""The press conditional: "serait", "aurait quitté", "devrait présenter" report without vouching.

See Kronning 2002 and Haillet 2002 on the *conditionnel journalistique*. A hypothesis (*si*), a
wish and advice are none, nor is the future seen from the past ("il a dit qu'il viendrait").
"""

import re

_BE_OR_HAVE = r"(?:serait|seraient|aurait|auraient)"
_OTHER = (
    r"(?:(?!(?:ser|pourr|faudr|voudr|aimer|souhaiter|préférer|dir|croir|vaudr|devr)ai)"
    r"(?:[^\W\d_]*(?:[^éè\W\d_]|é(?=e))er|(?:fin|about|réun|sub|serv|part|sort|garant|fourn|établ|défin)ir"
    r"|(?:vien|tien|pren|ren|répon|atten|per|ven|défen|descen|étein|pein|join|vau)dr|mettr"
    r"|permettr|connaîtr|paraîtr|fer|ir|verr|battr|suivr|vivr|(?:constr|prod|cond|réd)uir)"
    r"(?:ait|aient))"
)
_CONDITIONAL = re.compile(rf"\b(?:{_BE_OR_HAVE}|{_OTHER})\b", re.IGNORECASE)
_PROSPECTIVE = re.compile(rf"\b{_OTHER}\b", re.IGNORECASE)
_OUGHT = re.compile(r"\bdevrai(?:t|ent)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|semaine|mois|janvier|février"
    r"|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|prochaine?s?|soir"
    r"|printemps|été|automne|hiver|rentrée|20[2-4]\d)\b",
    re.IGNORECASE,
)
_NO_REPORT = re.compile(
    r"\bsi\b|\bs'il|\bà condition\b|\bà défaut\b|\bsinon\b|\ben cas\b|\bà moins\b|\bquand bien\b"
    r"|\bon (?:ne |n'|y |en |se |s'|la |le |l')?\w+rait\b|rai(?:t|ent)-|\b(?:je|nous|vous)\b|\bj'"
    r"|\bil (?:serait|aurait) (?:temps|bon|fallu|mieux|préférable|utile|souhaitable|possible|juste"
    r"|injuste|dommage|faux|naïf|vain|absurde|illusoire)|\bce (?:ne )?serai|\bpeut-être\b"
    r"|\b(?:un tel|une telle|de tels|de telles|autrement|idéalement|mieux vaudrait)\b"
    r"|\bsans doute\b"
    r"|\baurai(?:t|ent) (?:bien )?(?:pu|dû|voulu|aimé|préféré|mérité|suffi|besoin|tort|raison)\b"
    r"|\bqui (?:aurait|serait) cru\b|\bautant\b.{0,20}\bque\b",
    re.IGNORECASE,
)
_NO_REPORTER = re.compile(r"(?:Ce|Cela|Ça|C'|Sans|Avec|À|[A-ZÀ-Þ]\w+er|Faire|Mettre|Rendre)\b")
_REPORTED_BEFORE = re.compile(r"\b(?:que\b|qu')")


def has_conditional(content: str) -> bool:
    """Tell whether words hold a conditional that may report: no *pourrait*, a dated *devrait*."""
    ought = _OUGHT.search(content)
    return bool(_CONDITIONAL.search(content) or (ought and _WHEN.search(content, ought.end())))


def is_hearsay(sentence: str) -> bool:
    """Tell whether a sentence reports by its conditional alone."""
    text = sentence.replace("’", "'")
    found = _CONDITIONAL.search(text)
    if found is None:
        ought = _OUGHT.search(text)
        if ought is None or not _WHEN.search(text, ought.end()):
            return False
        found = ought
    if "?" in text or _NO_REPORT.search(text) or _NO_REPORTER.match(text):
        return False
    return not _REPORTED_BEFORE.search(text[: found.start()])


def goes_on(sentence: str) -> bool:
    """Tell whether a conditional may carry on words reported before: "Cela entraînerait…"."""
    text = sentence.replace("’", "'")
    return bool(_PROSPECTIVE.search(text)) and "?" not in text and " si " not in text
