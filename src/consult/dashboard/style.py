"""The few rules of style that Streamlit's theme cannot express; they hold in light and in dark."""

CSS = """
<style>
[data-testid=stMainBlockContainer] { padding-top: 3.5rem; padding-bottom: 4rem; }
.c-title { font-size: 1.9rem; font-weight: 650; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
.c-h2 { font-size: 1.3rem; font-weight: 650; line-height: 1.3; margin: .6rem 0 0 0; overflow-wrap: anywhere; }
.c-h3 { font-size: 1.05rem; font-weight: 650; line-height: 1.35; margin: .4rem 0 0 0; overflow-wrap: anywhere; }
.c-lead { margin: 0; max-width: 70ch; }
.c-small { font-size: .875rem; margin: 0; max-width: 80ch; overflow-wrap: anywhere; }
.c-showing { font-weight: 600; margin: 0; }
.c-quote { border-left: 4px solid #0072B2; margin: .3rem 0 .1rem 0; padding: .1rem 0 .1rem .8rem;
  max-width: 75ch; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.c-source { font-size: .875rem; margin: 0 0 .6rem 1rem; }
.c-text { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 75ch; line-height: 1.6; margin: 0; }
.c-tags { font-size: .8rem; margin: .1rem 0 .8rem 0; line-height: 1.9; }
.c-tag { border: 1px solid #76808c; border-radius: 4px; padding: .05rem .4rem; margin-right: .2rem;
  display: inline-block; line-height: 1.4; }
.c-tag-topic { border-style: dashed; }
mark { background: #FFE08A; color: #1A1A1A; padding: 0 .1em; border-radius: 2px; }
mark.c-like { background: #DCEBFA; color: #1A1A1A; border-bottom: 2px dotted #00507D; }
ins { background: #CDEFD9; color: #1A1A1A; text-decoration: underline; }
del { background: #F8D5D0; color: #1A1A1A; }
.c-scroll { overflow: auto; max-width: 100%; }
.c-long { max-height: 34rem; border: 1px solid #b9c0c8; border-radius: 4px; padding: .4rem .6rem; }
.c-table { border-collapse: collapse; font-size: .9rem; min-width: 20rem; }
.c-table caption { text-align: left; font-size: .875rem; padding-bottom: .3rem; }
.c-table th, .c-table td { text-align: left; padding: .3rem .7rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid #b9c0c8; overflow-wrap: break-word; min-width: 3.5rem; }
.c-table td:first-child { min-width: 5.5rem; }
.c-table th { font-weight: 650; }
.c-table .c-day { white-space: nowrap; }
.c-table .c-number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.c-table th.c-number { white-space: normal; } .c-table thead th { vertical-align: bottom; }
.c-facts { display: grid; grid-template-columns: fit-content(45%) 1fr; gap: .3rem 1rem;
  margin: 0 !important; padding: 0 !important; max-width: 80ch; }
.c-facts dt { font-weight: 600; overflow-wrap: anywhere; margin: 0 !important; padding: 0 !important; }
.c-facts dd { margin: 0 !important; padding: 0 !important; overflow-wrap: anywhere; }
.c-hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.c-heat { border-collapse: separate; border-spacing: 1px; font-size: .85rem; }
.c-heat th { font-weight: 400; text-align: left; line-height: 1.25; }
.c-heat th[scope=row] { position: sticky; left: 0; background: var(--back); min-width: 8rem; max-width: 15rem;
  padding: .2rem .6rem .2rem 0; overflow-wrap: anywhere; }
.c-heat thead th { vertical-align: bottom; padding: 0 .3rem .3rem .3rem; min-width: 5rem; max-width: 9rem;
  text-align: center; }
.c-heat tbody td { text-align: center; white-space: nowrap; padding: .25rem .15rem; position: relative;
  font-variant-numeric: tabular-nums; }
.c-turned thead th { min-width: 2.75rem; padding: 0 0 .4rem 0; }
.c-turned thead span { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-height: 11.5rem;
  display: block; margin: 0 auto; }
.c-folded { max-width: 80ch; overflow-wrap: anywhere; } .c-folded p { margin: .2rem 0 .4rem 1rem; }
.c-folded summary { cursor: pointer; }
[data-testid=stFileUploaderDropzoneInstructions] { display: none; }  /* cut in narrow windows, English only */
.c-problem { border-left: 4px solid #B54708; padding: .2rem .8rem; margin: .3rem 0; max-width: 80ch;
  overflow-wrap: anywhere; }
button kbd { opacity: 1 !important; }
.c-list { max-width: 75ch; margin: 0; padding-left: 1.2rem; }
.c-list a { color: inherit; }
.c-narrow { display: none; }
.c-steps { list-style: none; padding: 0 !important; margin: 0; }
.c-steps li { padding: .1rem 0 !important; margin: 0 !important; }
button:focus-visible, a:focus-visible, input:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 3px solid #D55E00 !important; outline-offset: 2px !important; }
[data-testid=stSelectbox] input:focus-visible, [data-testid=stMultiSelect] input:focus-visible {
  outline: none !important; }  /* the field around it is marked: the input is a hair's breadth */
[data-testid=stSelectbox] [data-baseweb=select]:has(input:focus-visible),
[data-testid=stMultiSelect] [data-baseweb=select]:has(input:focus-visible) {
  outline: 3px solid #D55E00; outline-offset: 2px; border-radius: 4px; }
@media (max-width: 640px) {
  .c-narrow { display: block; }
  .c-stacked, .c-stacked tbody, .c-stacked tr, .c-stacked td, .c-stacked caption { display: block; }
  .c-stacked thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .c-tall { max-height: 34rem; border: 1px solid #b9c0c8; border-radius: 4px; padding: .4rem .6rem; }
  .c-stacked tr { border-bottom: 1px solid #b9c0c8; padding: .35rem 0; }
  .c-stacked td, .c-stacked td.c-number { border: 0; padding: .05rem 0; text-align: left; white-space: normal; }
  .c-stacked td:first-child { font-weight: 650; }
  .c-stacked td.c-number:not(:first-child), .c-stacked td.c-day { display: inline-block; margin-right: .9rem; }
  .c-stacked td:empty { display: none; }
  .c-heat th[scope=row] { max-width: 8.5rem; }
  .c-stacked td:not(:first-child)::before { content: attr(data-name) ": "; color: inherit; opacity: .8; }
  :root:lang(fr) .c-stacked td:not(:first-child)::before { content: attr(data-name) "\\00a0: "; }
  .c-title { font-size: 1.5rem; } .c-facts { grid-template-columns: 1fr; } .c-facts dd { margin-bottom: .4rem; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
</style>
"""
