/**
 * The card of a design under the pointer or the keyboard. It reads plain strings from the embedded JSON and sets them as text,
 * never as markup. `#trial=ID` in the address opens a card, so that a view can be shared.
 */
export const cardScript: string = String.raw`
(() => {
  "use strict";
  const source = document.getElementById("trial-data");
  const card = document.getElementById("trial-card");
  if (source === null || card === null) return;
  const data = JSON.parse(source.textContent);
  const charts = [...document.querySelectorAll("svg.front")];
  let shown = -1;
  let pinned = -1;

  const make = (tag, text, className) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (className !== undefined) node.className = className;
    return node;
  };
  const list = (rows, className) => {
    const dl = make("dl", undefined, className);
    for (const [name, value] of rows) dl.append(make("dt", name), make("dd", value));
    return dl;
  };
  const fill = (index) => {
    const trial = data.trials[index];
    const chosen = data.trials[data.chosen];
    const differs = [];
    const same = [];
    data.parameters.forEach((name, i) => {
      const value = trial.parameters[i];
      if (chosen === undefined || value === chosen.parameters[i]) same.push([name, value]);
      else differs.push([name, value + " (chosen: " + chosen.parameters[i] + ")"]);
    });
    card.replaceChildren(make("h3", "#" + trial.id), make("p", trial.status));
    card.append(list(data.objectives.map((name, i) => [name, trial.objectives[i]]), "objectives"));
    if (differs.length > 0) card.append(list(differs, "differs"));
    if (same.length > 0) card.append(list(same, "same"));
  };
  const mark = (index) => {
    for (const node of document.querySelectorAll(".point.marked")) node.classList.remove("marked");
    if (index < 0) return;
    for (const node of document.querySelectorAll('.plot [data-trial="' + index + '"]')) node.classList.add("marked");
  };
  const place = (point) => {
    const box = point.getBoundingClientRect();
    const width = card.offsetWidth;
    const left = Math.min(box.right + 14, document.documentElement.clientWidth - width - 8);
    const covered = left < box.right + 4;
    card.style.left = Math.max(8, left) + scrollX + "px";
    card.style.top = (covered ? box.bottom + 12 : box.top - 20) + scrollY + "px";
  };
  const show = (index, point) => {
    if (index !== shown) {
      fill(index);
      mark(index);
      shown = index;
    }
    card.hidden = false;
    if (point !== undefined && point !== null) place(point);
  };
  const hide = () => {
    card.hidden = true;
    shown = -1;
    mark(-1);
  };
  const pin = (index, point) => {
    pinned = index;
    card.classList.toggle("pinned", index >= 0);
    if (index >= 0) show(index, point);
    else hide();
    const address = index >= 0 ? "#trial=" + encodeURIComponent(data.trials[index].id) : "#front";
    try { history.replaceState(null, "", address); } catch { /* some viewers forbid it; the pin works all the same */ }
  };

  for (const chart of charts) {
    const points = [...chart.querySelectorAll("[data-trial]")];
    const indexOf = (point) => Number(point.dataset.trial);
    const isVisible = (point) => getComputedStyle(point).display !== "none";
    const nearest = (event) => {
      const matrix = chart.getScreenCTM();
      let best = null;
      let bestDistance = 24 * 24;
      for (const point of points) {
        const at = point.transform.baseVal.getItem(0).matrix;
        const dx = matrix.a * at.e + matrix.e - event.clientX;
        const dy = matrix.d * at.f + matrix.f - event.clientY;
        const distance = dx * dx + dy * dy;
        if (distance <= bestDistance && isVisible(point)) {
          best = point;
          bestDistance = distance;
        }
      }
      return best;
    };
    chart.addEventListener("pointermove", (event) => {
      if (pinned >= 0) return;
      const point = nearest(event);
      if (point === null) hide();
      else show(indexOf(point), point);
    });
    chart.addEventListener("pointerleave", () => { if (pinned < 0) hide(); });
    chart.addEventListener("click", (event) => {
      const point = nearest(event);
      if (point === null || indexOf(point) === pinned) pin(-1);
      else pin(indexOf(point), point);
    });
    chart.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: 0, End: 0 };
      if (event.key === "Escape") { pin(-1); return; }
      const at = (point) => point.transform.baseVal.getItem(0).matrix.e;
      const order = points.filter(isVisible).sort((a, b) => at(a) - at(b));
      const now = order.findIndex((point) => indexOf(point) === shown);
      if ((event.key === "Enter" || event.key === " ") && now >= 0) {
        event.preventDefault();
        pin(shown === pinned ? -1 : shown, order[now]);
        return;
      }
      if (!Object.hasOwn(steps, event.key) || order.length === 0) return;
      event.preventDefault();
      const last = order.length - 1;
      const next = event.key === "Home" || now < 0 ? 0 : event.key === "End" ? last : now + steps[event.key];
      const point = order[Math.max(0, Math.min(last, next))];
      if (pinned >= 0) pin(indexOf(point), point);
      else show(indexOf(point), point);
    });
    chart.addEventListener("focusout", () => { if (pinned < 0) hide(); });
  }

  const wanted = /^#trial=(.+)$/.exec(location.hash);
  if (wanted !== null) {
    let id = wanted[1];
    try { id = decodeURIComponent(id); } catch { /* not one of our addresses */ }
    const index = data.trials.findIndex((trial) => trial.id === id);
    const point = document.querySelector('.plot [data-trial="' + index + '"]');
    if (point !== null) {
      document.getElementById("front").scrollIntoView();
      pin(index, point);
    }
  }
})();
`;
