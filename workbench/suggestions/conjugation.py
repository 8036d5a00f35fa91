"""The forms of a French verb that press prose uses: third persons, participles, the infinitive.

Regular verbs are conjugated by rule with their changes of spelling (*avance, avançait*; *répète,
répétait*; *rappelle, rappelait*); the others by a model whose prefix may change (*promettre* as
*mettre*).
"""

import re
from dataclasses import dataclass
from typing import NamedTuple


class _Model(NamedTuple):
    """Present singular and plural, stem of the imperfect, past historic, stem of the future."""

    infinitive: str
    singular: str
    plural: str
    imperfect: str
    past: str
    pasts: str
    future: str
    participle: str


_MODELS = tuple(
    _Model(*line.split())
    for line in """
    dire dit disent dis dit dirent dir dit
    écrire écrit écrivent écriv écrivit écrivirent écrir écrit
    crire crit crivent criv crivit crivirent crir crit
    mettre met mettent mett mit mirent mettr mis
    prendre prend prennent pren prit prirent prendr pris
    endre end endent end endit endirent endr endu
    rompre rompt rompent romp rompit rompirent rompr rompu
    ondre ond ondent ond ondit ondirent ondr ondu
    uire uit uisent uis uisit uisirent uir uit
    aître aît aissent aiss ut urent aîtr u
    feindre feint feignent feign feignit feignirent feindr feint
    peindre peint peignent peign peignit peignirent peindr peint
    joindre joint joignent joign joignit joignirent joindr joint
    aindre aint aignent aign aignit aignirent aindr aint
    enir ient iennent en int inrent iendr enu
    clure clut cluent clu clut clurent clur clu
    croire croit croient croy crut crurent croir cru
    prévoir prévoit prévoient prévoy prévit prévirent prévoir prévu
    voir voit voient voy vit virent verr vu
    savoir sait savent sav sut surent saur su
    vouloir veut veulent voul voulut voulurent voudr voulu
    mentir ment mentent ment mentit mentirent mentir menti
    sentir sent sentent sent sentit sentirent sentir senti
    suivre suit suivent suiv suivit suivirent suivr suivi
    rire rit rient ri rit rirent rir ri
    faire fait font fais fit firent fer fait
    quérir quiert quièrent quér quit quirent querr quis
    apercevoir aperçoit aperçoivent apercev aperçut aperçurent apercevr aperçu
    battre bat battent batt battit battirent battr battu
    """.strip().splitlines()
)
# They double the consonant; other verbs in -eler and -eter take a grave accent.
_DOUBLED = ("appeler", "jeter")
_LAST_SYLLABLE = re.compile(r"(?P<before>.*)(?P<vowel>[eé])(?P<consonants>[^aeéiouyôûâîê]+)")


@dataclass(frozen=True)
class Forms:
    """The forms of one verb, in small letters, by how they are used."""

    finite: frozenset[str]
    conditional: frozenset[str]
    past_participle: frozenset[str]
    present_participle: str
    infinitive: str


def conjugate(infinitive: str) -> Forms:
    """Return the forms of a verb; ``ValueError`` for one that no rule or model covers."""
    model = max(
        (model for model in _MODELS if infinitive.endswith(model.infinitive)),
        key=lambda model: len(model.infinitive),
        default=None,
    )
    if model:
        return _follow(model, infinitive)
    if infinitive.endswith("er"):
        return _conjugate_first_group(infinitive)
    if infinitive.endswith("ir"):
        return _conjugate_second_group(infinitive)
    raise ValueError(f"no model for the verb {infinitive!r}")


def _follow(model: _Model, infinitive: str) -> Forms:
    prefix = infinitive.removesuffix(model.infinitive)
    own = _Model(*(prefix + part for part in model))
    if infinitive.endswith(("prédire", "contredire", "médire")):
        own = own._replace(plural=own.singular[:-1] + "sent")
    # The reform of 1990 writes "reconnait".
    return _gather(own, singulars={own.singular, own.singular.replace("aît", "ait")})


def _conjugate_first_group(infinitive: str) -> Forms:
    stem = infinitive[:-2]
    soft = stem  # before a and o
    if stem.endswith("c"):
        soft = stem[:-1] + "ç"
    elif stem.endswith("g"):
        soft = stem + "e"
    strong = _strengthen(stem)  # before a silent e
    strongs = {strong, stem} if stem.endswith("ay") else {strong}  # "balaie", "balaye"
    model = _Model(
        infinitive=infinitive,
        singular=f"{strong}e",
        plural=f"{strong}ent",
        imperfect=soft,
        past=f"{soft}a",
        pasts=f"{stem}èrent",
        future=f"{stem}er",
        participle=f"{stem}é",
    )
    return _gather(
        model,
        singulars={f"{form}e" for form in strongs},
        futures={f"{form}er" for form in (stem, strong)},
    )


def _strengthen(stem: str) -> str:
    """Return the stem before a silent e: *annonc*, *répèt*, *rappell*, *appui*."""
    if stem.endswith(("uy", "oy", "ay")):
        return stem[:-1] + "i"
    if (stem + "er").endswith(_DOUBLED):
        return stem + stem[-1]
    match = _LAST_SYLLABLE.fullmatch(stem)
    if match and (match["vowel"] == "é" or len(match["consonants"]) == 1):
        return f"{match['before']}è{match['consonants']}"
    return stem


def _conjugate_second_group(infinitive: str) -> Forms:
    stem = infinitive[:-1]
    return _gather(
        _Model(
            infinitive=infinitive,
            singular=f"{stem}t",
            plural=f"{stem}ssent",
            imperfect=f"{stem}ss",
            past=f"{stem}t",
            pasts=f"{stem}rent",
            future=infinitive,
            participle=stem,
        )
    )


def _gather(
    model: _Model, *, singulars: set[str] | None = None, futures: set[str] | None = None
) -> Forms:
    futures = futures or {model.future}
    finite = {model.plural, f"{model.imperfect}ait", f"{model.imperfect}aient"}
    finite |= {model.past, model.pasts} | (singulars or {model.singular})
    finite |= {future + ending for future in futures for ending in ("a", "ont")}
    endings = ("", "e", "es") if model.participle.endswith("s") else ("", "e", "s", "es")
    return Forms(
        finite=frozenset(finite),
        conditional=frozenset(f + ending for f in futures for ending in ("ait", "aient")),
        past_participle=frozenset(model.participle + ending for ending in endings),
        present_participle=f"{model.imperfect}ant",
        infinitive=model.infinitive,
    )
