/** Style of the page: one calm column, Okabe-Ito colors, light and dark, print. No font or picture is fetched. */
export const pageStyle = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1d21;--soft:#575d66;--rule:#dfe2e6;--tint:#f5f6f8;--accent:#0072b2;--on-accent:#fff;
--good:#00704f;--bad:#b33a00;--heat-max:.72;--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#56b4e9;--c5:#cc79a7;--c6:#8a8f98}
@media (prefers-color-scheme:dark){:root{--page:#14161a;--ink:#e8eaed;--soft:#a6adb8;--rule:#33383f;--tint:#1d2025;--accent:#56b4e9;
--on-accent:#101214;--good:#3ecf9f;--bad:#ff9a66;--heat-max:.52;--c0:#4aa3dc;--c6:#9aa0a8;--c3:#f0783a}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.layout{display:grid;grid-template-columns:12rem minmax(0,46rem);gap:3.5rem;justify-content:center;padding:3rem 1.5rem 6rem}
nav{position:sticky;top:3rem;align-self:start;font-size:.875rem}
nav ol{list-style:none;margin:0;padding:0;border-left:1px solid var(--rule)}
nav a{display:block;padding:.22rem 0 .22rem 1rem;color:var(--soft);text-decoration:none;border-left:2px solid transparent;margin-left:-1px}
nav a:hover,nav a[aria-current]{color:var(--ink);border-left-color:var(--accent)}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 .75rem;letter-spacing:-.02em;font-weight:650}
h2{font-size:1.4rem;line-height:1.3;margin:0 0 1rem;letter-spacing:-.01em;font-weight:650}
h3{font-size:1.05rem;margin:2rem 0 .6rem}
h4{font-size:.95rem;margin:1.5rem 0 .5rem}
p{margin:0 0 1rem}
.abstract{font-size:1.1rem;color:var(--soft);margin-bottom:.5rem}
.note{font-size:.875rem;color:var(--soft)}
section{margin-top:4.5rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,input:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem}
.strip{display:grid;grid-template-columns:repeat(auto-fill,minmax(11.5rem,1fr));gap:.75rem;margin-top:1.75rem}
.card{border:1px solid var(--rule);border-radius:10px;padding:.85rem 1rem .9rem;min-width:0;color:inherit;text-decoration:none}
.card-name{font-size:.8125rem;color:var(--soft)}
.card-value{font-size:1.4rem;font-weight:600;line-height:1.35;margin-top:.15rem}
.card-value .band{display:block;font-size:.8125rem}
.card-value .reason{font-size:.8125rem;font-weight:400}
.card-note{font-size:.8125rem;color:var(--soft);line-height:1.4;margin-top:.2rem}
.verdict{border-width:1px 1px 1px 5px}
.verified{border-left-color:var(--good)}.verified .card-value{color:var(--good)}
.failed{border-left-color:var(--bad)}.failed .card-value,.problem{color:var(--bad)}
.passed{color:var(--good)}
.kind{display:inline-block;font-size:.6875rem;font-weight:600;letter-spacing:.04em;line-height:1;padding:.2em .38em;border:1px solid currentColor;
border-radius:4px;color:var(--soft);vertical-align:.12em;text-decoration:none;cursor:help}
.kind-estimated{border-style:dashed}.kind-rtl,.kind-placed,.kind-measured{color:var(--ink)}
.figure{white-space:nowrap}.band{color:var(--soft);font-weight:400;font-size:.875em}
.unknown{font-style:italic}.reason{color:var(--soft)}
.problems{border:1px solid var(--bad);border-radius:10px;padding:1rem 1.25rem;margin-top:1.5rem}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.45;margin:.25rem 0 .75rem}
th,td{text-align:left;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--rule);vertical-align:top;font-weight:400;min-width:4.5rem;max-width:24rem}
thead th{color:var(--soft);font-size:.8125rem;vertical-align:bottom}
th,td{overflow-wrap:break-word}.number{text-align:right;padding-right:1.4rem;white-space:nowrap}.number .reason{white-space:normal}sup{line-height:0}
td:last-child,th:last-child{padding-right:.15rem}
tfoot th,tfoot td{font-weight:600;border-bottom:0;border-top:2px solid var(--ink)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.1rem 2rem;margin:0 0 1.25rem;font-size:.9375rem}
.facts>div{border-bottom:1px solid var(--rule);padding:.4rem 0}
.facts dt{color:var(--soft);font-size:.8125rem}.facts dd{margin:0}
pre{background:var(--tint);border-radius:8px;padding:1rem 1.1rem;overflow:auto;max-height:28rem;font-size:.8125rem;line-height:1.5;white-space:pre-wrap}
pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.8125em}
details>summary{cursor:pointer;color:var(--accent);font-size:.875rem;width:max-content}
figure{margin:0}
.chart{margin:2rem 0 2.5rem}
.chart figcaption{font-size:.875rem;color:var(--soft);margin-bottom:.75rem}
.chart figcaption strong{color:var(--ink)}
.chart .tools{display:flex;gap:1.25rem;align-items:start;font-size:.875rem;margin-top:.4rem}
.chart .tools details[open]{flex:1;min-width:0}
.download{font-size:.875rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.25rem;font-size:.8125rem;color:var(--soft);margin-bottom:.5rem}
.legend svg{vertical-align:-1px;overflow:visible}
.legend label{cursor:pointer}.legend input{accent-color:var(--accent);margin:0 .2rem 0 0;vertical-align:-1px}
.limits{display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;align-items:end;font-size:.8125rem;color:var(--soft);margin:.25rem 0 .5rem}
.limits[hidden]{display:none}.limits label{display:flex;flex-direction:column;width:9.5rem}
.limits input{width:100%;margin:.15rem 0 0;accent-color:var(--accent)}.limits output{flex-basis:100%}
.point.beyond{opacity:.18}
svg{display:block}.legend svg{display:inline-block}
.plot svg{width:100%;min-width:36rem;height:auto}
svg text{fill:var(--ink);font-size:12px;font-family:inherit}
svg .tick{fill:var(--soft);font-size:11px}svg .axis{fill:var(--soft);font-size:12px}svg .strong{font-weight:600}
.grid{stroke:var(--rule);stroke-width:1}
.c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}.c6{--c:var(--c6)}
.bar{fill:var(--c)}.over{fill:var(--bad)}.track{fill:var(--tint)}.hatch{stroke:var(--ink);stroke-opacity:.5;stroke-width:1;fill:none}
.limit{stroke:var(--ink);stroke-width:1.5}
.curve{fill:none;stroke:var(--c);stroke-width:2.2;stroke-linejoin:round}
.dash1{stroke-dasharray:7 3}.dash2{stroke-dasharray:2 3}.dash3{stroke-dasharray:9 3 2 3}
.phase{stroke:var(--soft);stroke-dasharray:2 3}svg .phase-name{fill:var(--soft);font-size:11px}
.heat{fill:var(--accent);fill-opacity:calc(.04 + var(--v)*var(--heat-max))}
.wrong{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:3 2}
svg .cell{font-size:11px}
.spikes{fill:var(--ink)}.rate{fill:var(--accent);fill-opacity:.75}
.sample{margin-bottom:1.5rem}
.sample-image{width:9rem;height:auto;fill:var(--ink);border:1px solid var(--rule);border-radius:6px}
.sample figcaption{font-size:.875rem;color:var(--soft);margin-top:.4rem}
.front{touch-action:manipulation;cursor:crosshair}
.stairs{fill:none;stroke:var(--accent);stroke-width:1.2;stroke-opacity:.55}
.point{stroke-width:1.5}
.point.front{fill:var(--accent);stroke:var(--page)}
.point.dominated{fill:var(--page);stroke:var(--soft);stroke-opacity:.8}
.point.infeasible{fill:none;stroke:var(--bad)}
.point.chosen{fill:var(--c1);stroke:var(--ink);stroke-width:1.2}
.point.marked{stroke:var(--ink);stroke-width:3;stroke-opacity:1}
#front:not(:has(#show-dominated:checked)) .plot .dominated,#front:not(:has(#show-infeasible:checked)) .plot .infeasible,
#front:has(#show-other-kinds:not(:checked)) .plot .other-kind{display:none}
#trial-card{position:absolute;z-index:5;width:21rem;max-width:calc(100vw - 1.5rem);background:var(--page);border:1px solid var(--rule);border-radius:10px;
box-shadow:0 6px 28px rgb(0 0 0/.18);padding:.85rem 1rem;font-size:.8125rem;line-height:1.5;pointer-events:none}
#trial-card.pinned{border:2px solid var(--accent);pointer-events:auto}
#trial-card h3{margin:0;font-size:.9375rem}
#trial-card p{margin:0 0 .4rem;color:var(--soft)}
#trial-card dl{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:0 .75rem;margin:.4rem 0 0}
#trial-card dt{color:var(--soft)}#trial-card dd{margin:0}
#trial-card .same{border-top:1px solid var(--rule);padding-top:.35rem}#trial-card .same dd{color:var(--soft)}
.profiles{border:0;margin:0 0 1rem;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}
.profiles legend{font-size:.8125rem;color:var(--soft);margin-bottom:.35rem;padding:0}
.profiles label{border:1px solid var(--rule);border-radius:999px;padding:.2rem .95rem;font-size:.875rem;cursor:pointer}
.profiles label:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
.profiles input{position:absolute;opacity:0;pointer-events:none}
.footnotes{font-size:.8125rem;color:var(--soft);padding-left:1.5rem}
.footnotes li:target{background:var(--tint);color:var(--ink)}
footer{margin-top:5rem;padding-top:1.25rem;border-top:1px solid var(--rule);font-size:.8125rem;color:var(--soft)}
@media screen{.panel{display:none}}
@media screen and (max-width:64rem){.layout{display:block;max-width:48rem;margin:0 auto;padding:0 1.25rem 4rem}
nav{top:0;z-index:4;background:var(--page);margin:0 -1.25rem 2rem;padding:.5rem 1.25rem;border-bottom:1px solid var(--rule);overflow-x:auto}
nav ol{display:flex;gap:1.1rem;border:0;width:max-content}nav a{padding:.2rem 0;margin:0;border:0;white-space:nowrap}
html{scroll-padding-top:4rem}h1{font-size:1.65rem}section{margin-top:3.5rem}}
@media screen and (max-width:30rem){.strip{grid-template-columns:1fr 1fr;gap:.5rem}.card{padding:.7rem .75rem}.card-value{font-size:1.15rem}.figure{white-space:normal}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{:root{--page:#fff;--ink:#000;--soft:#444;--rule:#ccc;--tint:#f3f3f3}body{font-size:10pt}.layout{display:block;padding:0}
nav,.skip,.tools,.limits,.legend input,.profiles,.download,#trial-card{display:none}section{margin-top:2rem}.chart,.card,tr{break-inside:avoid}h2,h3{break-after:avoid}
pre{max-height:none}.plot svg{min-width:0}*{print-color-adjust:exact}}
`;
