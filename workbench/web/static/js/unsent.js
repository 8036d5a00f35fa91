/** On every page but the workspace: sends what this browser still keeps of the person, and says so. */

import { countDecisions, guardSignOut, keptOf, Outbox } from "./outbox.js";

const line = document.getElementById("unsent");
const words = line.dataset;
const { person, csrf } = words;
const outboxes = [];
/** What the person has to choose about: `{outbox, entry, problem}`. */
let stuck = [];
let hasSent = false;

function show() {
  const count = outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
  const parts = [];
  if (count) parts.push([count === 1 ? words.one : words.other.replace("{n}", count)]);
  else if (hasSent) parts.push([`${words.sent} `, linkToNow()]);
  parts.push(...stuck.map(({ said }) => said));
  const told = parts.flat().map((part) => part.textContent ?? part);
  // Drawn anew only when it says something else: a button in it keeps the focus.
  if (line.dataset.said === told.join("")) return;
  line.dataset.said = told.join("");
  line.hidden = !parts.length;
  line.classList.toggle("problem", Boolean(count));
  line.replaceChildren(...parts.map(paragraph));
}

function paragraph(parts) {
  const made = document.createElement("p");
  made.append(...parts);
  return made;
}

/** The page was made before the server had what is sent now. */
function linkToNow() {
  return Object.assign(document.createElement("a"), {
    href: location.pathname + location.search,
    textContent: words.reload,
  });
}

async function discard(entry, outbox) {
  stuck = stuck.filter((one) => one.entry !== entry);
  document.getElementById("content").focus();
  await outbox.discard(entry);
  await outbox.tryNow();
}

async function refuse(entry, problem, outbox) {
  // On a suggestion nothing rests: it waits again where it is shown.
  if (entry.kind === "suggestion") return outbox.discard(entry);
  const { sayStuck } = await import("./dom.js");
  const said = sayStuck({ entry, problem }, words, () => discard(entry, outbox));
  stuck.push({ entry, said });
  return show();
}

/** The outbox of one project, sending what an earlier page left in it. */
async function send(project) {
  const outbox = new Outbox({
    person,
    project,
    urls: { csrf },
    csrf: document.querySelector("#sign-out [name=csrf_token]").value,
    registers: 0,
    listener: {
      changed: show,
      accepted: (entry, reply) => {
        hasSent = true;
        outbox.registers = Math.max(outbox.registers, reply.register_number ?? 0);
      },
      refused: (entry, problem) => refuse(entry, problem, outbox),
    },
  });
  await outbox.open();
  outboxes.push(outbox);
  await outbox.tryNow();
}

guardSignOut({ count: async () => countDecisions(await keptOf(person)) });

const projects = new Set((await keptOf(person)).map(({ owner }) => owner.split("/")[1]));
for (const project of projects) await send(project);

const written = "main form[method=post]:is([data-draft], :has(textarea:not([hidden])))";
if (document.querySelector(written) || sessionStorage.getItem("draft-sent")) {
  await import("./drafts.js");
}
