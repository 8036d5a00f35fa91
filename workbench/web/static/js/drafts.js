/**
 * Long texts that are being written: kept in this browser until they are sent, and put back into
 * their form when it is opened again by the same person. Words of `unsent.js` say so.
 */

const KEPT_DAYS = 30;
const MOST_LETTERS = 100_000;
const SENT = "draft-sent";
/** What is not seen but was read: a text that rests on something older is told so. */
const RESTS_ON = ["base", "number", "state", "wording", "message"];
/** What a form of several at one address is about. */
const ABOUT = ["claim", "edition", "position"];
const UNKEPT = ["password", "file", "submit", "button"];

const line = document.getElementById("unsent");
const { person, drafted, anew } = line.dataset;

const fieldsOf = (form) =>
  [...form.elements].filter(
    ({ name, type }) =>
      name && !UNKEPT.includes(type) && (type !== "hidden" || RESTS_ON.includes(name)),
  );
const aboutOf = (form) =>
  ABOUT.map((name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value)
    .filter(Boolean)
    .map((value) => `#${value}`)
    .join("");
const isTicked = ({ type }) => type === "checkbox" || type === "radio";
const nameOf = (field) => (isTicked(field) ? `${field.name}=${field.value}` : field.name);

function read(form) {
  return Object.fromEntries(
    fieldsOf(form).map((one) => [nameOf(one), isTicked(one) ? one.checked : one.value]),
  );
}

function write(form, values) {
  for (const field of fieldsOf(form)) {
    const value = values[nameOf(field)];
    if (value === undefined) continue; // The form has one more than it had.
    if (isTicked(field)) field.checked = value;
    else field.value = value;
  }
  form.dispatchEvent(new Event("change"));
}

/** Whether somebody would see another text; an answer of the server has what was sent, and new numbers. */
const differs = (kept, form, given) =>
  fieldsOf(form).some(
    (one) => one.type !== "hidden" && (kept[nameOf(one)] ?? given[nameOf(one)]) !== given[nameOf(one)],
  );

const find = (key) => JSON.parse(localStorage.getItem(key) ?? "null");

function keep(key, values) {
  const text = JSON.stringify({ at: Date.now(), values });
  localStorage.removeItem(key); // Nothing old is to stand for what is there now.
  try {
    if (text.length <= MOST_LETTERS) localStorage.setItem(key, text);
  } catch {
    // No room.
  }
}

/** What was written long ago is forgotten, whoever wrote it: others may use this browser. */
function forgetOld() {
  const oldest = Date.now() - KEPT_DAYS * 86_400_000;
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith("draft/"))) {
    if (find(key).at < oldest) localStorage.removeItem(key);
  }
}

function tell(form, since, startOver) {
  const notice = document.createElement("p");
  notice.className = "notice draft";
  notice.setAttribute("role", "status");
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "link",
    textContent: anew,
  });
  button.addEventListener("click", () => {
    startOver();
    notice.remove();
    form.querySelector("textarea").focus();
  });
  const moment = new Date(since).toLocaleString(document.documentElement.lang, {
    dateStyle: "long",
    timeStyle: "short",
  });
  notice.append(`${drafted.replace("{when}", moment)} `, button);
  form.prepend(notice);
  form.closest("details")?.setAttribute("open", "");
}

/**
 * A page that says what was done comes after what was sent: the draft has served. Not if somebody
 * else has signed in meanwhile, whose message it is.
 */
function forgetSent() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const isOwn = key?.startsWith(`draft/${person}/`);
  if (isOwn && document.querySelector("main > .notice.message")) localStorage.removeItem(key);
}

forgetSent();
forgetOld();
const keyOf = (path, about = "") => `draft/${person}${path}${about}`;
for (const form of document.querySelectorAll("main form[data-draft]")) {
  const key = keyOf(form.dataset.draft); // It does what was written elsewhere.
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, key));
}
const written = "main form[method=post]:has(textarea:not([hidden]))";
for (const form of document.querySelectorAll(written)) {
  const key = keyOf(new URL(form.action).pathname, aboutOf(form));
  const given = read(form);
  const kept = find(key);
  if (kept && differs(kept.values, form, given)) {
    write(form, kept.values);
    tell(form, kept.at, () => {
      write(form, given);
      localStorage.removeItem(key);
    });
  }
  form.addEventListener("input", () => keep(key, read(form)));
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.value !== "check") sessionStorage.setItem(SENT, key);
  });
}
