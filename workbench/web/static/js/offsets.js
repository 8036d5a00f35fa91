/**
 * Code points outside, UTF-16 units inside: the one place that converts.
 *
 * The server counts Unicode code points, a JavaScript string counts units, and only characters
 * beyond U+FFFF take two. Their places are noted once per article; the rest is arithmetic.
 */

/** Return `{toPoint, toUnit}` for a text. */
export function measure(text) {
  const wide = [];
  for (let unit = 0; unit < text.length; unit++) {
    if (text.codePointAt(unit) > 0xffff) wide.push(unit++);
  }
  return {
    toPoint: (unit) => unit - count(wide.length, (index) => wide[index] < unit),
    toUnit: (point) => point + count(wide.length, (index) => wide[index] - index < point),
  };
}

/** How many indices from 0 fulfil a condition that holds up to some index and not after it. */
function count(length, holds) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
