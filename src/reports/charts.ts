/** Charts: Vega-Lite specifications drawn as SVG text, without a browser. One SVG serves light and dark. */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escaped } from './markup.ts';
import { colour, paletteCss } from './palette.ts';

/** Colours are custom properties, so the page's scheme and not the chart's maker decides them. */
const config: NonNullable<TopLevelSpec['config']> = {
  background: 'transparent',
  font: 'ui-sans-serif, system-ui, "DejaVu Sans", sans-serif',
  padding: 6,
  view: { stroke: null },
  title: { color: colour('ink'), anchor: 'start', fontSize: 13, offset: 8 },
  header: { labelColor: colour('ink'), titleColor: colour('ink'), labelFontSize: 12 },
  axis: {
    labelColor: colour('faint'),
    titleColor: colour('ink'),
    domainColor: colour('faint'),
    tickColor: colour('faint'),
    gridColor: colour('line'),
    gridOpacity: 0.6,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelFlush: false,
  },
  legend: {
    labelColor: colour('ink'),
    titleColor: colour('ink'),
    labelFontSize: 12,
    orient: 'top',
    direction: 'vertical',
    labelLimit: 420,
    title: null,
  },
  text: { color: colour('ink'), fontSize: 12 },
};

/**
 * The chart as SVG. `name` is what a screen reader says of it.
 *
 *     await chartSvg({ data: { values }, mark: 'point', encoding: { ... } }, 'Messages per transaction')
 */
export async function chartSvg(spec: TopLevelSpec, name: string): Promise<string> {
  const { spec: vega } = compile({
    ...spec,
    config: { ...config, ...spec.config },
  } as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    const opening = `<svg class="chart" role="img" aria-label="${escaped(name)}"`;
    const styled = svg.replace('<svg', opening).replace('class="marks"', '');
    return styled.replace(
      '>',
      `><style>${paletteCss('.chart')}.chart{max-width:100%;height:auto}</style>`,
    );
  } finally {
    view.finalize();
  }
}
