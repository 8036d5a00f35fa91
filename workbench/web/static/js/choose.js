/** One key chooses among a form's radio buttons, in their order; Enter then sends the form. */

const form = document.querySelector("form[data-choices]");

document.addEventListener("keydown", (event) => {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (!number || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const choice = form.querySelectorAll("input[type=radio]")[number - 1];
  if (choice) {
    choice.checked = true;
    choice.focus();
    event.preventDefault();
  }
});

// Whoever takes a field from there wants both.
form.addEventListener("change", (event) => {
  const both = form.querySelector("input[value=edited]");
  if (both && event.target.name === "from_there") {
    both.checked = true;
  }
});
