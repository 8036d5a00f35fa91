/** What the panel shows, as a person would tell it: see `Shown` in player.py. */
() => {
  const aside = document.querySelector("aside");
  const asked = () => {
    if (aside.querySelector(".suggestion[data-open]")) return "kind";
    const row = aside.querySelector(".row[data-open]:not(.stances) > .name");
    if (row) return row.dataset.key.split(" ")[1];
    const stance = aside.querySelector(".stance[data-open]");
    if (!stance) return null;
    if (!stance.querySelector(".options")) return "stance_value";
    return stance.querySelector(".said kbd") ? "stance_target" : "stance_holder";
  };
  const words = (node, selector) => node.querySelector(selector)?.textContent ?? null;
  const rowOf = (button) => {
    const [, name, place] = (button.dataset.key ?? "").split(" ");
    const { depth = 0, stance = null } = JSON.parse(place ?? "{}");
    return [name ?? "", depth, stance, words(button, "kbd")];
  };
  return {
    at: Number(document.querySelector(".s[aria-current]").id.slice(1)),
    asked: asked(),
    target: words(aside, ".stance[data-open] .target"),
    options: [...aside.querySelectorAll(".options .option")].map((one) => [
      words(one, "kbd"),
      words(one, "bdi"),
    ]),
    rare: [...aside.querySelectorAll(".row > .name")].map(rowOf),
    waiting: aside.querySelectorAll(".suggestion").length,
  };
}
