/** Marks the section that is read in the table of contents. */
export const contentsScript: string = String.raw`
(() => {
  "use strict";
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id).setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -80% 0px" },
  );
  for (const id of links.keys()) watcher.observe(document.getElementById(id));
})();
`;
