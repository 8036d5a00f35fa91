/** On every page but the workspace: sends what this browser still keeps of the person, and says so. */

import { guardSignOut, keptOf, Outbox } from "./outbox.js";

const line = document.getElementById("unsent");
const { person, csrf } = line.dataset;
const outboxes = [];
/** Where somebody has to choose: addresses of workspaces. */
const refused = new Set();

function show() {
  const count = outboxes.reduce((sum, { waiting }) => sum + waiting, 0);
  const { one, other, sent, open } = line.dataset;
  const said = count === 1 ? one : other.replace("{n}", count);
  line.textContent = count ? said : sent;
  line.classList.toggle("problem", Boolean(count));
  for (const address of refused) {
    const link = Object.assign(document.createElement("a"), { href: address, textContent: address });
    line.append(` ${open} `, link);
  }
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
        outbox.registers = Math.max(outbox.registers, reply.register_number ?? 0);
      },
      refused: (entry) => {
        const [address] = String(entry.url).match(/^\/projects\/[^/]+\/annotate\/[^/]+\//) ?? [];
        if (address) refused.add(address);
      },
    },
  });
  await outbox.open();
  outboxes.push(outbox);
  await outbox.tryNow();
}

guardSignOut({ count: async () => (await keptOf(person)).length });

const projects = new Set((await keptOf(person)).map(({ owner }) => owner.split("/")[1]));
line.hidden = !projects.size;
for (const project of projects) await send(project);
