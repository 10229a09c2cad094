/** The style of the explorer's page: light and dark, wide and narrow. */
import { paletteCss } from '../reports/palette.ts';

export const pageStyle = `${paletteCss(':root')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0 auto;max-width:110rem;padding:0 clamp(.7rem,2vw,1.8rem) 3rem;background:var(--cp-paper);color:var(--cp-ink);font:15px/1.45 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.2;margin:1rem 0 .1rem}
h2{font-size:1.1rem;margin:0 0 .6rem}
h3{font-size:.95rem;margin:1rem 0 .35rem}
p{margin:.3rem 0}
ul,ol{margin:0;padding:0;list-style:none}
.faint,.keys,footer{color:var(--cp-faint);font-size:.88rem}
header p{max-width:70rem}
.bar{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;padding:.55rem 0;background:var(--cp-paper);border-bottom:1px solid var(--cp-line)}
.bar>div{display:flex;flex-wrap:wrap;gap:.35rem;align-items:center}
button,.button,select,input:not([type=checkbox]){font:inherit;font-size:.9rem;color:var(--cp-ink);background:var(--cp-band);border:1px solid var(--cp-line);border-radius:6px;padding:.3rem .65rem;text-decoration:none}
input:not([type=checkbox]){padding:.3rem .4rem;width:5rem}
button,.button{cursor:pointer}
button:hover:not(:disabled),.button:hover{border-color:var(--cp-blue)}
button:disabled{color:var(--cp-faint);opacity:.65;cursor:default}
:focus-visible{outline:2px solid var(--cp-blue);outline-offset:2px}
h2:focus-visible{outline:none;text-decoration:underline}
label{font-size:.9rem}label select,label input:not([type=checkbox]){margin-left:.2rem}.time{white-space:nowrap}
#position{margin-left:.4rem;font-variant-numeric:tabular-nums}
#ending{margin:.7rem 0 .2rem;font-weight:600;border-left:4px solid var(--cp-slate);padding:.15rem 0 .15rem .7rem}
#ending[data-kind=settled]{border-color:var(--cp-green)}
#ending[data-kind=blocked]{border-color:var(--cp-amber)}
#ending[data-kind=violated]{border-color:var(--cp-red)}
#said:empty,#error:empty,#cuts:empty{display:none}
#error{color:var(--cp-red);font-weight:600}
#cuts{border-left:4px solid var(--cp-red);padding-left:.6rem}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:1.2rem 1.8rem;margin-top:.9rem}
section{min-width:0;border-top:1px solid var(--cp-line);padding-top:.7rem}
@media (min-width:46rem){
main{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
#next{grid-row:span 2}
#story,#diagram{grid-column:span 1}
}
@media (min-width:75rem){
main{grid-template-columns:minmax(0,22rem) minmax(0,1fr) minmax(0,24rem)}
#next{grid-column:1;grid-row:1 / span 3}
#state{grid-column:2;grid-row:1}
#path{grid-column:3;grid-row:1}
#diagram{grid-column:2;grid-row:2 / span 2}
#properties{grid-column:3;grid-row:2}
#story{grid-column:3;grid-row:3}
}
.group{margin:0 0 .7rem}
.group>summary,.group>h3{font-size:.86rem;font-weight:600;margin:0 0 .3rem;color:var(--cp-faint)}
.group>summary{cursor:pointer}
.group li{margin:0 0 .3rem}
.offer{display:block;width:100%;text-align:left;border-left-width:4px;border-left-color:var(--cp-blue);padding:.35rem .6rem}
.offer .does{display:block;color:var(--cp-faint);font-size:.84rem}
.offer .number{float:right;margin-left:.5rem}
.repair .offer{border-left-color:var(--cp-green)}
.fault .offer{border-left-color:var(--cp-red);border-left-style:dashed;background:transparent}
.offer.ahead{border-color:var(--cp-violet)}
.ahead-word{color:var(--cp-violet);font-size:.84rem;font-weight:600}
.parting{font-size:.86rem;font-weight:600;color:var(--cp-red);border-top:1px dashed var(--cp-red);margin:1rem 0 .5rem;padding-top:.5rem}
kbd{font:.78rem ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;border:1px solid var(--cp-line);border-radius:3px;padding:0 .3em;color:var(--cp-faint)}
#nodes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr));gap:.7rem}
.node{border:1px solid var(--cp-line);border-radius:8px;padding:.55rem .7rem;min-width:0}
.node.changed{box-shadow:0 0 0 2px var(--cp-blue)}
.node.down{border-style:dashed;background:var(--cp-band)}
.node h3{margin:0 0 .3rem;display:flex;justify-content:space-between;gap:.5rem}
.badge{font-size:.78rem;font-weight:600;border:1px solid currentColor;border-radius:99px;padding:0 .5rem;white-space:nowrap;align-self:start}
.badge.up{color:var(--cp-green)}.badge.down{color:var(--cp-red)}.badge.waiting{color:var(--cp-amber)}
.value{font-weight:600;font-size:1.02rem}
.node p{margin:.15rem 0;font-size:.88rem}
.log{font-size:.86rem}
.log li{padding-left:1.5em;text-indent:-1.5em}
details>summary{cursor:pointer;font-size:.86rem;color:var(--cp-faint)}
pre{margin:.3rem 0 0;font:.78rem/1.4 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;background:var(--cp-band);padding:.4rem;border-radius:4px}
#flight li,#judgements li{font-size:.9rem;padding:.2rem 0}
.obstacle{color:var(--cp-red)}
#history{max-height:24rem;overflow-y:auto;border:1px solid var(--cp-line);border-radius:8px}
#history button{display:block;width:100%;text-align:left;border:0;border-radius:0;background:transparent;border-left:4px solid transparent;padding:.25rem .6rem}
#history .fault button{border-left-color:var(--cp-red)}
#history .repair button{border-left-color:var(--cp-green)}
#history .here button{background:var(--cp-band);font-weight:600}
#history .later button{color:var(--cp-faint)}
#history .number{display:inline-block;min-width:2.2em;color:var(--cp-faint);font-weight:400;font-variant-numeric:tabular-nums}
.marks{display:block;font-size:.82rem;font-weight:400;color:var(--cp-faint);padding-left:2.7em}
.cycle{font-size:.84rem;font-weight:600;color:var(--cp-violet);padding:.2rem .6rem;border-top:2px dashed var(--cp-violet)}
.status{font-weight:600}
.status.holds{color:var(--cp-green)}.status.violated{color:var(--cp-red)}.status.open{color:var(--cp-slate)}
.note{display:block;color:var(--cp-faint);font-size:.86rem}
#telling{max-height:34rem;overflow-y:auto}
#telling .moment{display:grid;grid-template-columns:3.6rem minmax(0,1fr);gap:.6rem;font-size:.92rem}
#telling .moment p{margin:0 0 .35rem}
#telling .when{text-align:right;color:var(--cp-faint);font-variant-numeric:tabular-nums}
.scroll{overflow:auto;max-height:46rem;border:1px solid var(--cp-line);border-radius:8px}
#picture{display:block;max-width:max(100%,34rem);height:auto}#picture.broad{max-width:none}
@media (max-width:46rem){.bar{position:static}}
`;
