import type { IDisposable } from '@lumino/disposable';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Chart, Table } from '../../api/schema';
import { useTrans } from '../../components/trans';
import { messageOf } from '../../models/projects';
import { useConversation } from '../context';
import { chartSpec, embedOptions, type IChartSpec } from './chartSpec';
import { paletteOf, useTheme } from './theme';

/** Below this width nothing can be read. */
const NARROWEST = 120;

interface IChartProps {
  chart: Chart;
  table: Table;
  title: string;
}

/** A chart of a table, in the colours of the theme and as wide as there is room. */
export function ChartView({ chart, table, title }: IChartProps): React.JSX.Element {
  const trans = useTrans();
  const theme = useTheme();
  const frame = React.useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const description = describe(trans, chart, table, title);
  const made = React.useMemo(
    () =>
      width < NARROWEST
        ? null
        : chartSpec(chart, table, { width, palette: paletteOf(), description, count: trans.__('Count') }),
    // The palette is that of the theme.
    [chart, table, width, description, trans, theme]
  );
  return (
    <div ref={frame} className="jps-Chart" role="figure" aria-label={description}>
      {made && <Drawn made={made} />}
      {!made && width >= NARROWEST && (
        <p className="jps-mod-muted">{trans.__('The chart names a column that the table does not have.')}</p>
      )}
    </div>
  );
}

function Drawn({ made }: { made: IChartSpec }): React.JSX.Element {
  const trans = useTrans();
  const { renderer } = useConversation();
  const host = React.useRef<HTMLDivElement>(null);
  const shown = React.useRef<IDisposable | null>(null);
  const [problem, setProblem] = React.useState('');
  React.useEffect(() => {
    let current = true;
    const draw = async () => {
      const drawn = await renderer.chart(made.spec, embedOptions(made.spec));
      if (!drawn) {
        setProblem(trans.__('Charts are drawn by JupyterLab’s Vega extension, which is switched off here.'));
      } else if (current && host.current) {
        shown.current?.dispose();
        shown.current = drawn;
        host.current.replaceChildren(drawn.node);
      } else {
        drawn.dispose();
      }
    };
    draw().catch((error: unknown) => setProblem(trans.__('The chart cannot be drawn: %1', messageOf(error))));
    return () => {
      current = false;
    };
  }, [made, renderer, trans]);
  React.useEffect(() => () => shown.current?.dispose(), []);
  return problem ? (
    <p className="jps-mod-muted">{problem}</p>
  ) : (
    <div ref={host} className="jps-Chart-host" style={{ minHeight: made.height }} />
  );
}

/** Width of an element in whole pixels, once it is in the document. */
function useWidth(frame: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const element = frame.current;
    if (!element) {
      return;
    }
    let asked = 0;
    const measure = () => {
      const now = Math.floor(element.clientWidth);
      setWidth(then => (now === 0 || Math.abs(now - then) < 4 ? then : now));
    };
    const sizes = new ResizeObserver(() => {
      window.cancelAnimationFrame(asked);
      asked = window.requestAnimationFrame(measure);
    });
    measure();
    sizes.observe(element);
    return () => {
      window.cancelAnimationFrame(asked);
      sizes.disconnect();
    };
  }, [frame]);
  return width;
}

function describe(trans: TranslationBundle, chart: Chart, table: Table, title: string): string {
  const rows = trans._n('%2 row', '%2 rows', table.rows.length, table.rows.length.toLocaleString());
  const fields =
    chart.y === null ? trans.__('how often each %1 occurs', chart.x) : trans.__('%1 by %2', chart.y, chart.x);
  const kind = {
    bar: trans.__('Bar chart'),
    line: trans.__('Line chart'),
    area: trans.__('Area chart'),
    scatter: trans.__('Scatter plot'),
    histogram: trans.__('Histogram')
  }[chart.type];
  return `${title}. ${kind}: ${fields}, ${rows}.`;
}
