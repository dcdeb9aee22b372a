import * as React from 'react';

import type { Colours } from '../../branches/diff/colours';
import { Bars } from '../../chats/notices';
import { useNow } from '../../components/now';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import { CannotRead } from '../problem';
import { type IBranchActs, setStatus } from '../table/menus';
import { ColoursContext, LaneView } from './lane';
import { Lines } from './lines';
import { Minimap } from './minimap';
import type { TreeModel } from './model';
import { keyAction } from './keys';
import { walkedTo } from './walk';
import { meetingText } from './words';

interface ITreeProps {
  model: TreeModel;
  acts: IBranchActs;
  colours: Colours | null;
}

/** The branches of a notebook: where each forked, what is its own, and where they met. */
export function TreeView(props: ITreeProps): React.JSX.Element {
  const model = useModel(props.model);
  const trans = useTrans();
  return (
    <div className="jps-Tree">
      {model.error !== null && (
        <CannotRead
          what={trans.__('Branches cannot be read')}
          reason={model.error}
          kept={model.loaded}
          onRetry={() => void model.read()}
        />
      )}
      {model.loaded ? <Loaded {...props} /> : model.error === null && <Bars />}
    </div>
  );
}

function Loaded({ model, acts, colours }: ITreeProps): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(60_000);
  const scroller = React.useRef<HTMLDivElement>(null);
  const { layout, zoom, language } = model;
  const here = acts.here();
  const shown = React.useMemo(() => ({ colours, language }), [colours, language]);
  const { lanes, meetings, width, height } = layout;
  const handlers = useHandlers(model, acts, scroller);
  return (
    <div className="jps-Tree-body">
      <div ref={scroller} className="jps-Tree-scroll">
        <div
          className="jps-Tree-sized"
          style={{ width: (width * zoom) / 100, height: (height * zoom) / 100 }}
        >
          <div
            role="tree"
            aria-label={trans.__('Branches of %1', model.notebook)}
            aria-multiselectable="true"
            className="jps-Tree-area"
            style={{ width, height, transform: zoom === 100 ? undefined : `scale(${zoom / 100})` }}
            {...handlers}
          >
            <Lines tree={layout} here={here} />
            <ColoursContext.Provider value={shown}>
              {lanes.map(lane => (
                <LaneView
                  key={lane.branch.id}
                  lane={lane}
                  parent={parentOf(model, lane.branch.id)}
                  sessions={sessionsOn(model, lane.branch.id)}
                  focus={lane.stops.some(stop => stop.key === model.focus) ? model.focus : ''}
                  selected={model.selected.includes(lane.branch.id)}
                  here={lane.branch.id === here}
                  now={now}
                />
              ))}
            </ColoursContext.Provider>
            {meetings.map(({ convergence, x, y }) => {
              const text = meetingText(trans, convergence, model.branches.nameOf(convergence.source));
              const style = { left: x + 14, top: y - 9 };
              return convergence.kind === 'comparison' ? (
                <button
                  key={convergence.id}
                  type="button"
                  className="jps-Tree-meeting"
                  style={style}
                  title={trans.__('Show them side by side')}
                  onClick={() => acts.onMeeting(convergence)}
                >
                  {text}
                </button>
              ) : (
                <span key={convergence.id} role="note" className="jps-Tree-meeting" style={style}>
                  {text}
                </span>
              );
            })}
          </div>
        </div>
      </div>
      <Minimap tree={layout} here={here} zoom={zoom} scroller={scroller} />
    </div>
  );
}

/** Name of the branch that one was made from, shown or not. */
function parentOf({ branches }: TreeModel, branch: string): string | undefined {
  const parent = branches.get(branch)?.parent ?? null;
  return parent === null ? undefined : branches.nameOf(parent);
}

function sessionsOn({ state }: TreeModel, branch: string): string[] {
  return state.sessions.active.filter(each => each.active_branch === branch).map(each => each.name);
}

function useHandlers(
  model: TreeModel,
  acts: IBranchActs,
  scroller: React.RefObject<HTMLDivElement | null>
): React.HTMLAttributes<HTMLElement> {
  const trans = useTrans();
  const to = (key: string | undefined) => {
    const node = key === undefined ? null : stopAt(scroller.current, key);
    node?.focus({ preventScroll: true });
    node?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const act = (key: string) => {
    const lane = model.layout.lanes.find(each => each.stops.some(stop => stop.key === key));
    const row = lane?.stops.find(stop => stop.key === key)?.row;
    if (!lane) {
      return;
    }
    const { branch } = lane;
    if (branch.status === 'deleted') {
      void setStatus(trans, model.state, branch, 'active');
    } else if (row?.kind === 'group') {
      model.unfold(key, `${branch.id} cell ${row.cells[0]?.cell_id ?? ''}`);
    } else {
      acts.onOpen(
        branch.id,
        lane.lane.notebook ?? model.notebook,
        row?.kind === 'cell' ? row.cell.cell_id : undefined
      );
    }
  };
  // A row that was opened is gone: the first of those that it stood for has the focus.
  const { focus } = model;
  React.useLayoutEffect(() => {
    if (document.activeElement === document.body && scroller.current?.dataset.had) {
      stopAt(scroller.current, focus)?.focus({ preventScroll: true });
    }
  }, [focus, scroller]);
  return {
    onFocus: event => {
      const key = keyAt(event.target);
      if (scroller.current) {
        scroller.current.dataset.had = 'yes';
      }
      if (key) {
        model.focused(key);
      }
    },
    onBlur: event => {
      // Nothing is told when the element that has the focus goes.
      if (scroller.current && event.relatedTarget !== null) {
        delete scroller.current.dataset.had;
      }
    },
    onKeyDown: event => {
      const key = keyAt(event.target);
      const does = keyAction(event, {
        walk: pressed => walkedTo(model.layout, key, pressed),
        go: to,
        open: () => act(key),
        select: () => model.select(branchAt(event.target))
      });
      if (does && key) {
        event.preventDefault();
        event.stopPropagation();
        does();
      }
    },
    onClick: event => {
      const key = keyAt(event.target);
      if (key && (event.ctrlKey || event.metaKey || event.shiftKey)) {
        model.select(branchAt(event.target));
      } else if (key && (event.target as HTMLElement).closest('[data-act]')) {
        act(key);
      }
    },
    onDoubleClick: event => {
      if (!(event.target as HTMLElement).closest('[data-act]')) {
        act(keyAt(event.target));
      }
    }
  };
}

function keyAt(target: EventTarget): string {
  return (target as HTMLElement).closest<HTMLElement>('[data-key]')?.dataset.key ?? '';
}

function branchAt(target: EventTarget): string {
  return (target as HTMLElement).closest<HTMLElement>('[data-branch]')?.dataset.branch ?? '';
}

function stopAt(scroller: HTMLElement | null, key: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}
