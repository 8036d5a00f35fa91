/** Beside a link that is shown once, a program or a hash: a button that copies it. */

for (const button of document.querySelectorAll("button[data-copied]")) {
  const code = button.parentElement.querySelector("code");
  button.hidden = false;
  button.addEventListener("click", async () => {
    // Selected as well: where nothing may be copied by a script, the keys do it.
    getSelection().selectAllChildren(code);
    const isCopied = await navigator.clipboard?.writeText(code.textContent).then(
      () => true,
      () => false,
    );
    if (isCopied || document.execCommand("copy")) button.textContent = button.dataset.copied;
  });
}
