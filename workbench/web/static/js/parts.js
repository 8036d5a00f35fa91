// Words selected in a claim go into the two fields that say from where to where.

const WORDS = 3;

document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return;
  const quote = selection.anchorNode?.parentElement?.closest("[data-quote]");
  if (!quote || !quote.contains(selection.focusNode)) return;
  const form = quote.closest("li").querySelector("[data-parts]");
  const words = selection.toString().trim();
  if (!form || !words) return;
  const pieces = words.split(/(?<=\s)/);
  const isShort = pieces.length <= 2 * WORDS;
  form.elements.first.value = isShort ? words : pieces.slice(0, WORDS).join("").trim();
  form.elements.last.value = isShort ? words : pieces.slice(-WORDS).join("").trim();
});
