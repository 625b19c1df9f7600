/**
 * One slider per objective that grays out the designs beyond a limit and counts what remains. A slider moves over the values
 * that occur, so that its label is a figure of the report and no number is formatted twice.
 */
export const limitsScript: string = String.raw`
(() => {
  "use strict";
  const source = document.getElementById("trial-data");
  const box = document.getElementById("front-limits");
  if (source === null || box === null) return;
  const data = JSON.parse(source.textContent);
  const limits = data.objectives.map(() => null);
  const count = document.createElement("output");

  const passes = (trial) =>
    limits.every((limit, i) => {
      if (limit === null) return true;
      const value = trial.values[i];
      if (value === null) return false;
      return data.directions[i] === "maximize" ? value >= limit : value <= limit;
    });
  const apply = () => {
    const inside = data.trials.map(passes);
    for (const point of document.querySelectorAll(".plot [data-trial]")) {
      point.classList.toggle("beyond", !inside[Number(point.dataset.trial)]);
    }
    const front = inside.filter((ok, i) => ok && data.front[i]).length;
    count.textContent = inside.filter(Boolean).length + " of " + inside.length + " designs remain, " + front + " on the front";
  };

  data.objectives.forEach((name, i) => {
    const up = data.directions[i] === "maximize";
    const order = data.trials.map((trial, t) => [trial.values[i], t]).filter(([value]) => value !== null);
    order.sort((a, b) => (up ? a[0] - b[0] : b[0] - a[0]));
    if (order.length < 2) return;
    const label = document.createElement("label");
    const text = document.createElement("span");
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(order.length - 1);
    slider.value = "0";
    const show = () => {
      const at = Number(slider.value);
      const [value, t] = order[at];
      limits[i] = at === 0 ? null : value;
      const words = at === 0 ? "any" : (up ? "≥ " : "≤ ") + data.trials[t].objectives[i].replace(/ \(.*\)$/, "");
      text.textContent = name + " " + words;
      slider.setAttribute("aria-valuetext", words);
    };
    slider.addEventListener("input", () => { show(); apply(); });
    show();
    label.append(text, slider);
    box.append(label);
  });
  box.append(count);
  box.hidden = false;
  apply();
})();
`;
