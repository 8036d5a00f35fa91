/** The label scheme as the page asks it: which fields, in which order, by which keys and words. */

export class Scheme {
  #fields;
  #locale;

  constructor(document, locale) {
    this.document = document;
    this.#locale = locale;
    this.#fields = new Map(document.fields.map((field) => [field.name, field]));
  }

  /** The field of that name; undefined when this project's scheme has none. */
  field(name) {
    return this.#fields.get(name);
  }

  /** The fields of a level (annotation, claim, link, stance) that are asked in one of these ways. */
  fieldsOn(level, ...asks) {
    return this.document.fields.filter((field) => field.on === level && asks.includes(field.ask));
  }

  /** The word for a field, a value or anything else that has labels. */
  label(thing) {
    return this.#say(thing?.label);
  }

  /** The rule that goes with a field or a value; empty when there is none. */
  help(thing) {
    return this.#say(thing?.help);
  }

  /** The value of a field by its permanent name. */
  value(name, value) {
    return this.field(name)?.values?.find((one) => one.name === value);
  }

  /** The word for a field's value; the name itself when the scheme does not know it. */
  valueLabel(name, value) {
    return this.label(this.value(name, value)) || String(value ?? "");
  }

  /** The name of a reserved speaker, such as the author; undefined for an id of the register. */
  reserved(id) {
    const speaker = this.document.reserved_speakers.find((one) => one.id === id);
    return speaker && this.label(speaker);
  }

  /** The zone's entry; one that the scheme does not know may be annotated. */
  zone(name) {
    return this.document.zones.find((zone) => zone.name === name) ?? { name, annotatable: true, label: {} };
  }

  /** The letter that opens a field, in lower case. */
  keyOf(name) {
    return this.field(name)?.key?.toLowerCase();
  }

  /** What a claim's earlier answers settle for a field that is then not asked; undefined if asked. */
  settledBy(field, attributes) {
    const rule = field.not_asked_when;
    return rule && rule.values.includes(attributes[rule.field]) ? rule.then : undefined;
  }

  /** The asked fields of a claim that have no answer yet, in the scheme's order. */
  missing(claim) {
    return this.fieldsOn("claim", "always").filter(
      (field) => field.kind === "choice" && (claim.attributes[field.name] ?? null) === null && this.settledBy(field, claim.attributes) === undefined,
    );
  }

  /** Whether a folded field has something to show: a value that differs from its default. */
  isTelling(field, value) {
    return value !== undefined && value !== null && value !== "" && value !== field.default;
  }

  #say(words) {
    if (!words) return "";
    return words[this.#locale] ?? words.en ?? Object.values(words)[0] ?? "";
  }
}
