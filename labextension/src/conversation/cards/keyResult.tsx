import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon, historyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { KeyResult, KeyResultData } from '../../api/schema';
import type { View } from '../../api/unions';
import { telling } from '../../chats/dialogs';
import { Button, IconButton } from '../../components/button';
import { flagIcon } from '../../components/icons';
import { openMenu } from '../../components/menu';
import { clock, fullTime } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { KeyResultsModel } from '../../models/keyResults';
import { useConversation } from '../context';
import { Outputs } from '../output';
import { Prose } from '../prose';
import { CellLink } from './cellLink';
import { ChartView } from './chart';
import { runAgain } from './again';
import { ResultForm } from './resultForm';
import { DataTable } from './table';
import { tabSeparated, wholeValue } from './values';

interface IKeyResultProps {
  result: KeyResult;
  /** Where it can be changed; `null` when it belongs to a session that is gone. */
  results: KeyResultsModel | null;
  /** `null` until it was read, a sentence when it cannot be. */
  data: KeyResultData | string | null;
}

/** A key result: what a cell really returned, as a chart, a table, or as the cell showed it. */
export function KeyResultCard({ result, results, data }: IKeyResultProps): React.JSX.Element {
  const trans = useTrans();
  const [editing, setEditing] = React.useState(false);
  const [wanted, setWanted] = React.useState<View | null>(null);
  const views = viewsOf(result, data);
  const view = shownView(wanted ?? result.view, views);
  const choose = async (next: View) => {
    setWanted(next);
    await telling(async () => results?.update(result.id, { view: next }));
    setWanted(null);
  };
  return (
    <div
      className="jps-Card jps-KeyResult"
      data-block
      data-result={result.id}
      tabIndex={-1}
      role="article"
      aria-label={trans.__('Key result %1: %2', result.number, result.title)}
    >
      <div className="jps-Card-head">
        <flagIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Card-title jps-KeyResult-title" title={result.title}>
          {result.title}
        </span>
        {results && !editing && views.length > 1 && (
          <Toggle views={views} view={view} onChoose={next => void choose(next)} />
        )}
        {results && (
          <IconButton
            icon={ellipsesIcon}
            label={trans.__('More about this key result')}
            aria-haspopup="menu"
            onClick={event =>
              openActions(
                trans,
                { result, results, data, onEdit: () => setEditing(true) },
                event.currentTarget
              )
            }
          />
        )}
      </div>
      {results && editing ? (
        <ResultForm result={result} results={results} onClose={() => setEditing(false)} />
      ) : (
        <div className="jps-Card-body">
          {result.description.trim() && (
            <Prose id={`result-${result.id}`} text={result.description} streaming={false} />
          )}
          <Shown result={result} results={results} data={data} view={view} />
        </div>
      )}
      <Origin result={result} />
      {result.stale && <Stale result={result} />}
    </div>
  );
}

function Shown(props: IKeyResultProps & { view: View }): React.JSX.Element {
  const { result, results, data, view } = props;
  const trans = useTrans();
  if (data === null) {
    return <div className="jps-Bars jps-KeyResult-wait" aria-label={trans.__('Reading…')} />;
  }
  if (typeof data === 'string') {
    return (
      <div className="jps-Actions" role="status">
        <span>{trans.__('The data cannot be read: %1', data)}</span>
        {results && <Button onClick={() => results.readAgain(result.id)}>{trans.__('Try again')}</Button>}
      </div>
    );
  }
  const { table, outputs } = data;
  if (view === 'chart' && table && result.chart) {
    return <ChartView chart={result.chart} table={table} title={result.title} />;
  }
  if (view === 'table' && table) {
    return <DataTable table={table} fields={result.fields} title={result.title} />;
  }
  return outputs.length > 0 ? (
    <div className="jps-Part-body jps-KeyResult-output">
      <Outputs id={`result-${result.id}`} outputs={outputs} />
    </div>
  ) : (
    <span className="jps-mod-muted">{trans.__('The cell showed nothing.')}</span>
  );
}

function Toggle(props: { views: View[]; view: View; onChoose(view: View): void }): React.JSX.Element {
  const trans = useTrans();
  const names = { chart: trans.__('Chart'), table: trans.__('Table'), output: trans.__('Output') };
  return (
    <span className="jps-Toggle" role="group" aria-label={trans.__('Shown as')}>
      {props.views.map(view => (
        <button
          key={view}
          type="button"
          aria-pressed={view === props.view}
          onClick={() => props.onChoose(view)}
        >
          {names[view]}
        </button>
      ))}
    </span>
  );
}

function Origin({ result }: { result: KeyResult }): React.JSX.Element {
  const trans = useTrans();
  const { origin } = result;
  const at = origin.executed_at ?? result.created_at;
  return (
    <div className="jps-Card-foot jps-Origin" title={fullTime(at)}>
      <span>
        {trans.__('From')} <CellLink origin={origin} />
        {` · ${PathExt.basename(origin.notebook)} · ${clock(at)}`}
        {result.created_by === 'user' && ` · ${trans.__('promoted by you')}`}
      </span>
    </div>
  );
}

function Stale({ result }: { result: KeyResult }): React.JSX.Element {
  const trans = useTrans();
  const { model, models, notebook } = useConversation();
  const [asked, setAsked] = React.useState(false);
  const again = async () => {
    setAsked(true);
    const agent = models.find(model.session?.model ?? null);
    await telling(() =>
      model.acts.send(runAgain(trans, result, agent?.kind === 'offline'), {
        notebook: result.origin.notebook || notebook()
      })
    );
    setAsked(false);
  };
  return (
    <div className="jps-Card-foot jps-Stale">
      <historyIcon.react tag="span" className="jps-Icon jps-mod-small" />
      <span>
        <b>{trans.__('Stale.')}</b> {result.stale_reason}
      </span>
      <Button
        look="flat"
        disabled={asked}
        title={trans.__('Ask the agent to run the cell again and to promote what it returns')}
        onClick={() => void again()}
      >
        {trans.__('Run again')}
      </Button>
    </div>
  );
}

interface IActions {
  result: KeyResult;
  results: KeyResultsModel;
  data: KeyResultData | string | null;
  onEdit(): void;
}

function openActions(trans: TranslationBundle, actions: IActions, at: HTMLElement): void {
  const { result, results, data, onEdit } = actions;
  const known = typeof data === 'object' ? data : null;
  openMenu(
    [
      { label: trans.__('Edit…'), execute: onEdit },
      {
        label: trans.__('Export CSV'),
        caption: result.columns.length === 0 ? trans.__('The cell returned no table') : '',
        disabled: result.columns.length === 0,
        execute: () => void telling(() => download(results, result))
      },
      {
        label: trans.__('Copy'),
        disabled: known === null,
        execute: () => Clipboard.copyToSystem(known ? textOf(result, known) : '')
      },
      null,
      { label: trans.__('Remove…'), execute: () => void remove(trans, results, result) }
    ],
    at
  );
}

/** Save the whole table as a file of the browser. */
async function download(results: KeyResultsModel, result: KeyResult): Promise<void> {
  const url = URL.createObjectURL(await results.csv(result.id));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${result.title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'key-result'}.csv`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function remove(trans: TranslationBundle, results: KeyResultsModel, result: KeyResult): Promise<void> {
  const { button } = await showDialog({
    title: trans.__('Remove this key result?'),
    body: trans.__(
      '“%1” is no longer listed, and sessions that depend on this one no longer get it. Its data stays in the log.',
      result.title
    ),
    buttons: [
      Dialog.warnButton({ label: trans.__('Remove') }),
      Dialog.cancelButton({ label: trans.__('Keep it') })
    ],
    defaultButton: 1
  });
  if (button.accept) {
    await telling(() => results.remove(result.id));
  }
}

function textOf(result: KeyResult, { table, outputs }: KeyResultData): string {
  if (table) {
    return tabSeparated(table, result.fields);
  }
  const text = (value: unknown) =>
    Array.isArray(value) ? value.map(wholeValue).join('') : wholeValue(value);
  return outputs
    .map(output => {
      const data = output.data as Record<string, unknown> | undefined;
      return text(output.text ?? data?.['text/plain']);
    })
    .join('\n');
}

/** The ways in which a result can be shown. */
function viewsOf(result: KeyResult, data: KeyResultData | string | null): View[] {
  const views: View[] = [];
  if (result.columns.length > 0) {
    if (result.chart) {
      views.push('chart');
    }
    views.push('table');
  }
  const outputs = data && typeof data === 'object' ? data.outputs : [];
  if (views.length === 0 || result.view === 'output' || outputs.some(isPicture)) {
    views.push('output');
  }
  return views;
}

function isPicture(output: KeyResultData['outputs'][number]): boolean {
  return Object.keys(output.data ?? {}).some(type => type.startsWith('image/'));
}

function shownView(view: View, views: View[]): View {
  return views.includes(view) ? view : (views[0] ?? 'output');
}
