const light = `
  --bg: #f6f7f9; --card: #ffffff; --ink: #1a1f29; --muted: #566071; --line: #dde1e8; --hover: #eef3fb;
  --link: #1d5bb8; --calls: #7fa6de; --warn-bg: #fff6e3; --warn-line: #d99a1c;
  --succeeded: #0f7656; --skipped: #657184; --failed: #c02b2b; --unknown: #a85600; --not-attempted: #6546b4;`;
const dark = `
  --bg: #101319; --card: #191e27; --ink: #e7eaf0; --muted: #a0abba; --line: #2e3643; --hover: #222a36;
  --link: #86b4ff; --calls: #4d78b8; --warn-bg: #2b2413; --warn-line: #b98a2c;
  --succeeded: #3dcb98; --skipped: #98a5b7; --failed: #ff8080; --unknown: #ffb45e; --not-attempted: #b8a0ff;`;

/** The style of report.html: phone, laptop and paper; light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root:not([data-paper]) { ${dark} } }
:root { --wait-window: var(--skipped); --wait-throttled: var(--failed); --wait-concurrency: var(--unknown);
  --wait-org-unavailable: var(--not-attempted); --wait-own-pace: var(--succeeded); }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--bg); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
header, main, footer { max-width: 80rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
header p { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .35rem 0 1.25rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 0 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem 1.5rem;
  margin: 0 0 1.25rem; }
section > :last-child { margin-bottom: 0; }
a { color: var(--link); }
p { margin: 0 0 .75rem; max-width: 50rem; }
code, .id { font: .9em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
bdi { unicode-bidi: isolate; }
.muted { color: var(--muted); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

.bar { display: block; width: 100%; height: 1rem; border-radius: 4px; overflow: hidden; margin-bottom: 1rem; }
.bar rect { stroke: var(--card); stroke-width: 1; }
.fill-succeeded { fill: var(--succeeded); } .fill-skipped { fill: var(--skipped); } .fill-failed { fill: var(--failed); }
.fill-unknown { fill: var(--unknown); } .fill-not-attempted { fill: var(--not-attempted); }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem 1rem; margin: 0; padding: 0; list-style: none; }
.counts li { border-left: 3px solid var(--line); padding-left: .75rem; }
.counts strong { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; font-weight: 650; }
.counts span { color: var(--muted); font-size: .9rem; }
.counts .succeeded { border-color: var(--succeeded); } .counts .skipped { border-color: var(--skipped); }
.counts .failed { border-color: var(--failed); } .counts .unknown { border-color: var(--unknown); }
.counts .not-attempted { border-color: var(--not-attempted); } .counts .all { border-color: var(--ink); }
.counts .zero strong { color: var(--muted); font-weight: 400; }

dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.5rem; margin: 0; }
dl.facts dt { color: var(--muted); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.25rem; }
.columns > :only-child { grid-column: 1 / -1; }
.damage { border: 2px solid var(--failed); border-radius: 10px; background: var(--card); padding: 1rem 1.5rem; margin: 0 0 1.25rem; }
.damage strong { color: var(--failed); }
.notes { margin: 0; padding: 0; list-style: none; }
.notes li { background: var(--warn-bg); border-left: 3px solid var(--warn-line); border-radius: 0 6px 6px 0;
  padding: .5rem .85rem; margin-bottom: .5rem; }
.notes + h3 { margin-top: 1rem; }
.flag { white-space: nowrap; }
.notes li.stop { border-color: var(--failed); }
.next { margin: 0; padding: 0; list-style: none; }
.next li { margin-bottom: .6rem; }
.next code { display: block; background: var(--bg); border: 1px solid var(--line); border-radius: 6px;
  padding: .35rem .6rem; margin-top: .15rem; }

.data { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.data caption { text-align: left; color: var(--muted); padding-bottom: .4rem; }
.data th { text-align: left; font-weight: 600; color: var(--muted); font-size: .85rem; }
.data th, .data td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: break-word; }
.data .who { overflow-wrap: anywhere; } .data .id, .data .outcome, .data th { white-space: nowrap; }
.data .n + td, .data .n + th { padding-left: 1rem; }
.data .n { text-align: right; overflow-wrap: normal; }
.wide { overflow-x: auto; }
.group { display: grid; grid-template-columns: 5rem 1fr; gap: 0 1rem; padding: .9rem 0; border-top: 1px solid var(--line); }
.group:first-of-type { border-top: 0; padding-top: 0; }
.group .times { font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.2; text-align: right; }
.group p { margin: 0 0 .25rem; }
details summary { cursor: pointer; color: var(--link); margin: .25rem 0 .5rem; }
.outcome::before, [data-outcome]::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%;
  background: currentColor; margin-right: .45em; }
.outcome.succeeded, [data-outcome="succeeded"] { color: var(--succeeded); }
.outcome.skipped, [data-outcome="skipped"] { color: var(--skipped); }
.outcome.failed, [data-outcome="failed"] { color: var(--failed); }
.outcome.unknown, [data-outcome="unknown"] { color: var(--unknown); }
.outcome.not-attempted, [data-outcome="not-attempted"] { color: var(--not-attempted); }

#timeline-chart { margin-bottom: .5rem; }
.lanes { list-style: none; margin: 0 0 .75rem; padding: 0; font-size: .9rem; }
.lanes li { margin-bottom: .6rem; break-inside: avoid; }
.lanes svg { display: block; width: calc(100% - 88px); margin: .15rem 0 0 60px; height: .6rem; background: var(--bg);
  outline: 1px solid var(--line); }
.wait::before { content: ""; display: inline-block; width: .7em; height: .7em; margin-right: .45em; background: currentColor; }
.wait.window::before { color: var(--wait-window); } .fill-window { fill: var(--wait-window); }
.wait.throttled::before { color: var(--wait-throttled); } .fill-throttled { fill: var(--wait-throttled); }
.wait.concurrency::before { color: var(--wait-concurrency); } .fill-concurrency { fill: var(--wait-concurrency); }
.wait.org-unavailable::before { color: var(--wait-org-unavailable); } .fill-org-unavailable { fill: var(--wait-org-unavailable); }
.wait.own-pace::before { color: var(--wait-own-pace); } .fill-own-pace { fill: var(--wait-own-pace); }
.uplot { color: var(--ink); font-family: inherit; }
.u-legend { font-size: .85rem; text-align: left; }
.u-legend .u-series > * { padding: 2px 6px; }
#timeline-chart .u-legend th::after { content: ""; } .u-legend .u-value { font-variant-numeric: tabular-nums; }

.controls { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin-bottom: .75rem; }
.controls label.field { display: grid; gap: .15rem; color: var(--muted); font-size: .85rem; flex: 1 1 16rem; min-width: 0; }
.controls input[type="search"], .controls select { font: inherit; font-size: 15px; height: 2.5rem; color: var(--ink); background: var(--bg);
  border: 1px solid var(--line); border-radius: 6px; padding: .45rem .6rem; width: 100%; min-width: 0; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; flex: 1 1 100%; min-width: 0; }
fieldset label { position: relative; border: 1px solid var(--line); border-radius: 999px; padding: .25rem .8rem; cursor: pointer;
  font-size: .9rem; white-space: nowrap; }
fieldset input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
fieldset label:has(:checked) { background: var(--ink); color: var(--card); border-color: var(--ink); }
fieldset label:has(:focus-visible) { outline: 2px solid var(--link); outline-offset: 2px; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.controls button { height: 2.5rem; }
button { font: inherit; color: var(--link); background: none; border: 1px solid var(--line); border-radius: 6px;
  padding: .4rem .8rem; cursor: pointer; }
#scroller { max-height: min(70vh, 44rem); overflow: auto; border: 1px solid var(--line); border-radius: 8px; overflow-anchor: none; }
#scroller table { border-collapse: separate; border-spacing: 0; width: 100%; table-layout: fixed; }
#scroller th { position: sticky; top: 0; z-index: 1; background: var(--card); text-align: left; padding: 0;
  border-bottom: 1px solid var(--line); }
#scroller th button { border: 0; padding: .5rem .75rem; color: var(--muted); font-weight: 600; font-size: .85rem; width: 100%;
  text-align: left; white-space: nowrap; }
#scroller th[aria-sort="ascending"] button::after { content: " ↑"; } #scroller th[aria-sort="descending"] button::after { content: " ↓"; }
#scroller td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; unicode-bidi: isolate; line-height: 1.6; }
#scroller td.gap { padding: 0; border: 0; }
#scroller tr[data-index] { cursor: pointer; }
#scroller tr[data-index]:hover td { background: var(--hover); }
#scroller tr:focus-visible { outline-offset: -2px; }
.c-row { width: 5rem; text-align: right; font-variant-numeric: tabular-nums; } #scroller th.c-row button { text-align: right; }
.c-named { width: 11rem; } .c-outcome { width: 9.75rem; } .c-why { width: 12rem; } .c-http { width: 4.25rem; } .c-id { width: 12.5rem; } .c-time { width: 10.75rem; }
#scroller td.c-id, #scroller td.c-time { font-size: .85rem; font-variant-numeric: tabular-nums; }
dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: var(--ink); padding: 1.25rem 1.5rem;
  width: min(40rem, calc(100vw - 2rem)); }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog dd { unicode-bidi: isolate; }
dialog button { margin-top: 1rem; }
footer { color: var(--muted); font-size: .9rem; padding-bottom: 3rem; }
[hidden] { display: none !important; }
.paper { display: none; }

@media (max-width: 60rem) { .c-id, .c-time { display: none; } .columns { grid-template-columns: 1fr; } }
@media (max-width: 40rem) {
  header, main, footer { padding-left: 1rem; padding-right: 1rem; } header { padding-top: 1.25rem; }
  section { padding: 1rem; } h1 { font-size: 1.35rem; }
  .counts { grid-template-columns: repeat(2, 1fr); gap: .75rem 1rem; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
  .c-row, .c-http, .c-why { display: none; } .c-outcome { width: 8.5rem; } .c-named { width: 6.5rem; }
  .data td:first-child { min-width: 7.5rem; } #scroller td { font-size: .9rem; }
  #scroller td { padding: .35rem .5rem; } #scroller th button { padding: .5rem; }
  .group { grid-template-columns: 1fr; } .group .times { text-align: left; }
  .side { display: none; } .data td { overflow-wrap: anywhere; } .data td.n { overflow-wrap: normal; }
}
@media print {
  @page { margin: 15mm; } :root { color-scheme: light; }
  body { background: none; font-size: 10pt; } header, main, footer { max-width: none; padding: 0; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .75rem 0; margin: 0 0 .5rem; background: none; }
  h1 { font-size: 16pt; } h2 { break-after: avoid; } .group, .data tr, .counts, dl.facts { break-inside: avoid; }
  .screen, .skip, .u-legend .u-value, .u-legend tr:first-child, details { display: none !important; } .paper { display: block; }
  .notes li { background: none; border: 1px solid var(--line); border-left: 3px solid var(--warn-line); }
  .counts { grid-template-columns: repeat(6, 1fr); } .counts strong { font-size: 14pt; } a { color: inherit; text-decoration: none; }
  .fill-succeeded, .fill-skipped, .fill-failed, .fill-unknown, .fill-not-attempted, .lanes rect, .wait::before, .outcome::before {
    print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
