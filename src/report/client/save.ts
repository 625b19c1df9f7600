/** A button at every chart that saves it as an SVG file which needs no style sheet: for papers and slides. */
export const saveScript: string = String.raw`
(() => {
  "use strict";
  const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin",
    "font-size", "font-family", "font-weight", "display"];
  const inline = (from, to) => {
    const style = getComputedStyle(from);
    to.removeAttribute("class");
    to.removeAttribute("style");
    if (!(from instanceof SVGPatternElement)) for (const name of kept) to.style.setProperty(name, style.getPropertyValue(name));
    [...from.children].forEach((child, i) => inline(child, to.children[i]));
  };
  const textOf = (svg) => {
    const copy = svg.cloneNode(true);
    inline(svg, copy);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    copy.style.setProperty("background", getComputedStyle(document.body).backgroundColor);
    return new XMLSerializer().serializeToString(copy);
  };
  for (const figure of document.querySelectorAll("figure.chart")) {
    const svg = figure.querySelector(".plot svg");
    const tools = figure.querySelector(".tools");
    if (svg === null || tools === null) continue;
    const link = document.createElement("a");
    link.className = "download";
    link.textContent = "SVG";
    link.href = "#" + figure.id;
    link.download = figure.id + ".svg";
    const fresh = () => { link.href = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(textOf(svg)); };
    link.addEventListener("click", fresh);
    tools.append(link);
  }
})();
`;
