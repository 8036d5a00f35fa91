/** The page of one's own keys: two actions with one key are told while they are typed. */

const form = document.querySelector("form.keys");
const boxes = [...form.querySelectorAll("input[data-key]")];
const keyOf = (box) => box.value.trim().toLowerCase() || box.dataset.key;
const labelOf = (box) => box.labels[0].textContent.trim();
const fill = (phrase, values) => phrase.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Why a box's key cannot be kept; empty when it can. */
function problemOf(box) {
  const key = keyOf(box);
  if ([...key].length > 1 || /[\s\d?]/u.test(key)) return form.dataset.wrong;
  if ("shifted" in box.dataset && !/\p{L}/u.test(key)) return form.dataset.shifted;
  const other = boxes.find((one) => one !== box && keyOf(one) === key);
  if (!other) return "";
  return fill(form.dataset.clash, {
    key: key.toUpperCase(),
    one: labelOf(box),
    other: labelOf(other),
  });
}

// In the workspace the digits' row answers, whatever a keyboard prints on it.
form.addEventListener("keydown", (event) => {
  if (!/^(?:Digit|Numpad)\d$/.test(event.code) || event.key.length > 1) return;
  event.preventDefault();
  event.target.setCustomValidity(form.dataset.wrong);
  event.target.reportValidity();
});

form.addEventListener("input", ({ target }) => {
  for (const box of boxes) box.setCustomValidity(problemOf(box));
  if (target.validationMessage) target.reportValidity();
});

// What the server has refused is what to change.
form.querySelector("[aria-invalid]")?.focus();
