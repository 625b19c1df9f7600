import { pageStyle } from "./page-style.ts";
import type { Markup } from "./markup.ts";

/** The picture of a chart as an SVG file of its own, with the page's style inside. @throws RangeError when there is no picture */
export function svgFile(figure: Markup): string {
  const start = figure.text.indexOf("<svg viewBox");
  const end = figure.text.indexOf("</svg>", start);
  const open = figure.text.indexOf(">", start) + 1;
  if (start < 0 || end < 0) throw new RangeError("a figure without a picture");
  const head = figure.text.slice(start, open).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
  // The page's body sets the font; a picture alone has to set its own.
  const style = `<style>${pageStyle} svg{background:var(--page);font-family:system-ui,sans-serif}</style>`;
  return `${head}${style}${figure.text.slice(open, end)}</svg>\n`;
}
