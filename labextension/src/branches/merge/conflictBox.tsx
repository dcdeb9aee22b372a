import { checkIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { MergeItem, MergePreview } from '../../api/schema';
import { Button } from '../../components/button';
import { warningIcon } from '../../components/icons';
import { when } from '../../components/times';
import { useTrans } from '../../components/trans';
import type { MergeModel } from '../../models/merge';
import { Box } from '../diff/box';
import { languageOf } from '../diff/colours';
import { useDiff, useKept } from '../diff/context';
import { OutputsOf } from '../diff/outputs';
import { whoOf } from '../../components/cells';
import { Column } from './column';
import {
  columnOf,
  decisionOf,
  firstDraft,
  hasText,
  type IDraft,
  isTyped,
  type Side,
  signsOf,
  using,
  usingBoth
} from './conflict';
import { mimeOf, ResultEditor } from './editor';
import { detailOf, itemName } from './words';

interface IConflictProps {
  id: string;
  model: MergeModel;
  preview: MergePreview;
  notebook: string;
  language: string;
  item: MergeItem;
}

/** What a person has chosen for a conflict, and not marked as decided yet. */
type Chosen = { use: Side | 'both' } | { text: string } | null;

function draftOf(item: MergeItem, chosen: Chosen): IDraft {
  if (!chosen) {
    return firstDraft(item);
  }
  if ('text' in chosen) {
    return { text: chosen.text, side: null };
  }
  return chosen.use === 'both' ? usingBoth(item) : using(item, chosen.use);
}

/** A cell that both sides changed: what it was, what each made of it, and what it becomes. */
export function ConflictBox(props: IConflictProps): React.JSX.Element {
  const { id, model, preview, notebook, item } = props;
  const trans = useTrans();
  const { look } = useDiff();
  const place = (branch: string) => ({ notebook, cell: item.cell_id, at: `branch:${branch}` });
  const [chosen, setChosen] = useKept<Chosen>(`${id} chosen`, null);
  const draft = draftOf(item, chosen);
  const decided = item.decision !== null;
  const open = () => {
    if (decided) {
      void model.decide([{ notebook, cell_id: item.cell_id, choice: null, text: null }]);
    }
  };
  const choose = (next: Chosen) => {
    setChosen(next);
    open();
  };
  const mark = () => void model.decide([decisionOf(notebook, item, draft)]);
  return (
    <Box
      id={id}
      look="conflict"
      verb={trans.__('Conflict')}
      name={itemName(trans, item)}
      detail={detailOf(trans, preview, item)}
      actions={
        decided ? (
          <>
            <checkIcon.react tag="span" className="jps-Icon jps-mod-ok jps-mod-small" />
            <span>{trans.__('Decided')}</span>
            <Button
              onClick={() => {
                // What was decided stays as it is until it is changed.
                setChosen(draft.side ? { use: draft.side } : { text: draft.text ?? '' });
                open();
              }}
            >
              {trans.__('Change')}
            </Button>
          </>
        ) : (
          <>
            <warningIcon.react tag="span" className="jps-Icon jps-mod-small jps-mod-caution" />
            <span>{trans.__('Not decided')}</span>
            <Button onClick={mark}>{trans.__('Mark as decided')}</Button>
          </>
        )
      }
    >
      {look.outputs && cellTypeOf(item) === 'code' && (
        <OutputsOf
          before={item.target && place(preview.merge.target)}
          after={item.source && place(preview.merge.source)}
          names={[preview.target_name, preview.source_name]}
        />
      )}
      <div className="jps-Conflict">
        <Columns {...props} onUse={use => choose({ use })} />
        <Result {...props} draft={draft} onChoose={choose} />
      </div>
    </Box>
  );
}

function Columns(props: IConflictProps & { onUse(side: Side): void }): React.JSX.Element {
  const { preview, item, onUse } = props;
  const trans = useTrans();
  const language = languageOf(cellTypeOf(item), props.language);
  return (
    <div className="jps-Conflict-columns">
      <Column
        name={trans.__('Base')}
        note={trans.__('at the fork')}
        side={item.base}
        lines={null}
        language={language}
        gone={trans.__('There was no such cell.')}
      />
      <Column
        name={preview.target_name}
        note={noteOf(trans, item.target)}
        time={item.target?.author?.at}
        side={item.target}
        lines={columnOf(item, 'ours')}
        language={language}
        gone={trans.__('The cell was removed here.')}
        onUse={() => onUse('ours')}
      />
      <Column
        name={preview.source_name}
        note={noteOf(trans, item.source)}
        time={item.source?.author?.at}
        side={item.source}
        lines={columnOf(item, 'theirs')}
        language={language}
        gone={trans.__('The cell was removed here.')}
        onUse={() => onUse('theirs')}
      />
    </div>
  );
}

function Result(
  props: IConflictProps & { draft: IDraft; onChoose(chosen: Chosen): void }
): React.JSX.Element {
  const { item, draft, onChoose } = props;
  const trans = useTrans();
  const host = React.useRef<HTMLDivElement>(null);
  const { text } = draft;
  return (
    <div className="jps-Result" ref={host}>
      <div className="jps-Conflict-head">
        <b>{trans.__('Result')}</b>
        <span className="jps-Change-detail">{resultText(trans, item, text)}</span>
        {hasText(item) && <Button onClick={() => onChoose({ use: 'both' })}>{trans.__('Use both')}</Button>}
      </div>
      {text === null ? (
        <p className="jps-DiffCode jps-mod-empty">{trans.__('The cell goes.')}</p>
      ) : isTyped(item) ? (
        <ResultEditor
          value={text}
          label={trans.__('Result of %1', itemName(trans, item))}
          mimeType={mimeOf(cellTypeOf(item), props.language)}
          signsOf={each => signsOf(item, each)}
          onChange={each => onChoose({ text: each })}
          onLeave={() => host.current?.closest<HTMLElement>('[data-item]')?.focus()}
        />
      ) : (
        <pre className="jps-Result-editor">{text}</pre>
      )}
    </div>
  );
}

/** What of the result came about by itself. */
function resultText(trans: TranslationBundle, item: MergeItem, text: string | null): string {
  if (text === null || item.conflict !== 'source' || item.decision !== null) {
    return '';
  }
  const signs = signsOf(item, text);
  const own = signs.filter(sign => sign === '+').length;
  const yours = trans.__('what is marked ! is yours to decide');
  return own === 0
    ? yours
    : `${trans._n('%1 line merged by itself', '%1 lines merged by themselves', own)}; ${yours}`;
}

function noteOf(trans: TranslationBundle, side: MergeItem['target']): string {
  const author = side?.author;
  if (!author) {
    return '';
  }
  const who = whoOf(trans, author);
  return author.at ? `${who}, ${when(trans, author.at)}` : who;
}

function cellTypeOf(item: MergeItem): string {
  return (item.target ?? item.source ?? item.base)?.cell_type ?? 'code';
}
