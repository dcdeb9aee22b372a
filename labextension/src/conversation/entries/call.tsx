import { launchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { CellExecutedData } from '../../api/schema';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { ICall } from '../../models/entries';
import { useModel } from '../../models/observable';
import { useConversation } from '../context';
import { Code, LongText, Outputs, sizeOf } from '../output';
import { inputOf } from '../verbs';

/** What a call was given and what came of it. */
export function CallBody({ call }: { call: ICall }): React.JSX.Element {
  const trans = useTrans();
  const { open } = useConversation();
  const input = inputOf(call);
  const file = fileOf(call);
  const exit = call.terminal?.exit_code;
  return (
    <div className="jps-Call-body">
      {input && (
        <div className="jps-Part jps-mod-in">
          <span className="jps-Part-name">{trans.__('In')}</span>
          <div className="jps-Part-body">
            <Code id={`${call.id}-in`} text={input.text} language={input.language} />
          </div>
        </div>
      )}
      <Result call={call} />
      {call.whole && (
        <div className="jps-Call-foot">
          {trans.__(
            'The model read the first %1 of %2.',
            sizeOf(new Blob([call.content]).size),
            sizeOf(call.whole.size)
          )}
        </div>
      )}
      {(file !== null || (exit !== undefined && exit !== null)) && (
        <div className="jps-Call-foot">
          <span>{exit !== undefined && exit !== null ? trans.__('Exit code %1', exit) : ''}</span>
          {file !== null && (
            <Button look="flat" icon={launchIcon} onClick={() => open(file, call.branch)}>
              {trans.__('Open %1', file.split('/').at(-1))}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** The notebook or the file that a call was about, to be opened; `null`: none, or a folder. */
export function fileOf({ tool, status, arguments: given }: ICall): string | null {
  const named = given.notebook ?? given.path;
  const isFile = tool !== 'list_files' && tool !== 'search_files';
  return status === 'ok' && isFile && typeof named === 'string' ? named : null;
}

function Result({ call }: { call: ICall }): React.JSX.Element | null {
  const trans = useTrans();
  const body = resultOf(call);
  return (
    body && (
      <div className="jps-Part">
        <span className="jps-Part-name">{trans.__('Out')}</span>
        <div className="jps-Part-body">{body}</div>
      </div>
    )
  );
}

function resultOf(call: ICall): React.JSX.Element | null {
  if (call.cell && call.status !== 'refused') {
    return <CellResult id={call.id} cell={call.cell} content={call.content} />;
  }
  if (call.liveText) {
    return <LongText id={`${call.id}-live`} text={call.liveText} />;
  }
  if (call.terminal && typeof call.terminal.output === 'string') {
    return call.terminal.output ? <LongText id={call.id} text={call.terminal.output} /> : null;
  }
  return call.content ? (
    <LongText id={call.id} text={call.content} whole={call.whole} error={call.status === 'error'} />
  ) : null;
}

function CellResult(props: {
  id: string;
  cell: CellExecutedData;
  content: string;
}): React.JSX.Element | null {
  const { id, cell, content } = props;
  const trans = useTrans();
  const model = useModel(useConversation().model);
  if (Array.isArray(cell.outputs)) {
    return cell.outputs.length > 0 ? (
      <Outputs id={id} outputs={cell.outputs} />
    ) : (
      <span className="jps-mod-muted">{cell.status === 'ok' ? trans.__('No output') : content}</span>
    );
  }
  const text = model.blob(cell.outputs.blob);
  return text === null ? (
    <span className="jps-mod-muted">{model.blobFailure(cell.outputs.blob) ?? trans.__('Reading…')}</span>
  ) : (
    <Parsed id={id} text={text} />
  );
}

function Parsed({ id, text }: { id: string; text: string }): React.JSX.Element {
  const outputs = React.useMemo(() => {
    try {
      return JSON.parse(text) as Record<string, unknown>[];
    } catch {
      return null;
    }
  }, [text]);
  return outputs ? <Outputs id={id} outputs={outputs} /> : <LongText id={id} text={text} />;
}
