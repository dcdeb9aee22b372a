import * as React from 'react';

import { useTrans } from '../../components/trans';
import { Glyph } from '../../components/glyph';
import { diamondEmptyIcon, diamondIcon } from '../../components/icons';
import { type ITree, SIZE } from './layout';

const WIDTH = 150;
const MOST_HEIGHT = 140;

interface IMinimapProps {
  tree: ITree;
  /** Id of the branch of the session that one works in. */
  here: string | null;
  zoom: number;
  scroller: React.RefObject<HTMLDivElement | null>;
}

/** The whole tree, small: what is in view is framed; a click or a drag of the frame goes there. */
export function Minimap({ tree, here, zoom, scroller }: IMinimapProps): React.JSX.Element {
  const trans = useTrans();
  const view = useView(scroller, tree);
  const scale = Math.min(WIDTH / Math.max(1, tree.width), MOST_HEIGHT / Math.max(1, tree.height), 0.25);
  const factor = zoom / 100;
  const go = (event: React.PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const node = scroller.current;
    if (node && event.buttons === 1) {
      const at = (pixels: number) => (pixels / scale) * factor;
      node.scrollTo(
        at(event.clientX - box.left) - node.clientWidth / 2,
        at(event.clientY - box.top) - node.clientHeight / 2
      );
    }
  };
  const inside = (pixels: number, most: number) => Math.min((pixels / factor) * scale, most);
  const height = Math.max(24, tree.height * scale);
  return (
    <div className="jps-Tree-map">
      <svg
        width={WIDTH}
        height={height}
        role="img"
        aria-label={trans.__('Map of the tree')}
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={go}
      >
        {tree.lanes.flatMap(lane => [
          <path
            key={lane.branch.id}
            className={lane.branch.id === here ? 'jps-mod-here' : ''}
            d={`M${lane.x * scale} ${(lane.fork?.y ?? lane.top) * scale}V${lane.bottom * scale}`}
          />,
          ...lane.stops.map(stop => (
            <rect
              key={stop.key}
              className={lane.branch.id === here ? 'jps-mod-here' : ''}
              x={(lane.x + 8) * scale}
              y={(stop.y - 8) * scale}
              width={SIZE.cell * scale * (stop.row === null ? 0.6 : 1)}
              height={Math.max(2, 18 * scale)}
            />
          ))
        ])}
        <rect
          className="jps-Tree-frame"
          x={inside(view.left, WIDTH) + 1}
          y={inside(view.top, height) + 1}
          width={Math.max(4, Math.min(inside(view.width, WIDTH), WIDTH - inside(view.left, WIDTH)) - 2)}
          height={Math.max(4, Math.min(inside(view.height, height), height - inside(view.top, height)) - 2)}
        />
      </svg>
      <Legend />
    </div>
  );
}

function Legend(): React.JSX.Element {
  const trans = useTrans();
  return (
    <ul className="jps-Tree-legend">
      <li className="jps-mod-shared">{trans.__('shared cells')}</li>
      <li className="jps-mod-here">{trans.__('branch of this session')}</li>
      <li className="jps-mod-ring">{trans.__('fork point')}</li>
      <li>
        <Glyph icon={diamondIcon} />
        {trans.__('winner')}
      </li>
      <li>
        <Glyph icon={diamondEmptyIcon} />
        {trans.__('comparison')}
      </li>
    </ul>
  );
}

interface IView {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What of the tree is in view. */
function useView(scroller: React.RefObject<HTMLDivElement | null>, tree: ITree): IView {
  const [view, setView] = React.useState<IView>({ left: 0, top: 0, width: 0, height: 0 });
  React.useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) {
      return;
    }
    const look = () =>
      setView({
        left: node.scrollLeft,
        top: node.scrollTop,
        width: node.clientWidth,
        height: node.clientHeight
      });
    const sizes = new ResizeObserver(look);
    sizes.observe(node);
    node.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      node.removeEventListener('scroll', look);
    };
  }, [scroller, tree]);
  return view;
}
