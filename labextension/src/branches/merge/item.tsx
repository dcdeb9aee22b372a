import { checkIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { MergeItem, MergePreview } from '../../api/schema';
import { Button } from '../../components/button';
import { useTrans } from '../../components/trans';
import type { MergeModel } from '../../models/merge';
import { Box } from '../diff/box';
import { CodeDiff } from '../diff/code';
import { languageOf } from '../diff/colours';
import { useDiff, useKept } from '../diff/context';
import { OutputsOf } from '../diff/outputs';
import { stateOf } from './counting';
import { mimeOf, ResultEditor } from './editor';
import { changeOf, detailOf, itemName } from './words';

interface IItemProps {
  id: string;
  model: MergeModel;
  preview: MergePreview;
  notebook: string;
  language: string;
  item: MergeItem;
}

/** A cell that the merge changes: taken unless it is rejected. */
export function ItemBox({ id, model, preview, notebook, language, item }: IItemProps): React.JSX.Element {
  const trans = useTrans();
  const { look, kept } = useDiff();
  const { merge } = preview;
  const name = itemName(trans, item);
  const before = item.target?.source ?? null;
  const after = afterOf(item);
  const place = (branch: string) => ({ notebook, cell: item.cell_id, at: `branch:${branch}` });
  const [text, setText] = useKept<string | null>(textOf(id), null);
  const decide = async (choice: 'accept' | 'reject' | 'edit') => {
    setText(null);
    const used = choice === 'edit' ? text : null;
    const saved = await model.decide([{ notebook, cell_id: item.cell_id, choice, text: used }]);
    // What was typed is not lost with a decision that is taken back.
    if (!saved && typeof kept.get(textOf(id)) !== 'string') {
      setText(text);
    }
  };
  const code = (item.target ?? item.source)?.cell_type === 'code';
  return (
    <Box
      id={id}
      verb={changeOf(trans, item)}
      name={name}
      detail={detailOf(trans, preview, item)}
      open={before !== after}
      actions={
        <>
          {item.decision?.choice === 'edit' && <span>{trans.__('With your text')}</span>}
          {item.change !== 'removed' && text === null && (
            <Button look="flat" onClick={() => setText(after ?? '')}>
              {trans.__('Edit')}
            </Button>
          )}
          <Choice
            label={`${changeOf(trans, item)} ${name}`}
            rejected={stateOf(item) === 'rejected'}
            onChoose={choice => void decide(choice)}
          />
        </>
      }
    >
      {text !== null && (
        <OwnText
          value={text}
          label={trans.__('Your text of %1', name)}
          mimeType={mimeOf((item.source ?? item.target)?.cell_type ?? 'code', language)}
          onChange={setText}
          onUse={() => void decide('edit')}
          onCancel={() => setText(null)}
        />
      )}
      {before === after ? (
        <p className="jps-DiffCode jps-mod-empty">{trans.__('Its source is the same.')}</p>
      ) : (
        <CodeDiff
          id={id}
          before={before}
          after={after}
          language={languageOf((item.source ?? item.target)?.cell_type ?? 'code', language)}
        />
      )}
      {look.outputs && code && (
        <OutputsOf
          before={item.target && place(merge.target)}
          after={item.source && place(merge.source)}
          names={[preview.target_name, preview.source_name]}
        />
      )}
    </Box>
  );
}

/** What the text is kept under that a person writes for a cell. */
export function textOf(id: string): string {
  return `${id} text`;
}

/** Whether that text, when there is one, is another than what the cell would get. */
export function isTyped(item: MergeItem, text: unknown): boolean {
  return typeof text === 'string' && text !== (afterOf(item) ?? '');
}

interface IOwnTextProps {
  value: string;
  label: string;
  mimeType: string;
  onChange(value: string): void;
  onUse(): void;
  onCancel(): void;
}

/** Another text than either side has. */
function OwnText({ value, label, mimeType, onChange, onUse, onCancel }: IOwnTextProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Result">
      <ResultEditor
        value={value}
        label={label}
        mimeType={mimeType}
        signsOf={() => []}
        onChange={onChange}
        onLeave={onCancel}
      />
      <div className="jps-Actions">
        <Button onClick={onUse}>{trans.__('Use this text')}</Button>
        <Button look="flat" onClick={onCancel}>
          {trans.__('Cancel')}
        </Button>
      </div>
    </div>
  );
}

/** The source that the cell gets when it is accepted. */
function afterOf(item: MergeItem): string | null {
  if (item.change === 'removed') {
    return null;
  }
  return stateOf(item) === 'rejected' ? (item.source?.source ?? null) : item.result;
}

interface IChoiceProps {
  /** What is decided about, for screen readers. */
  label: string;
  rejected: boolean;
  onChoose(choice: 'accept' | 'reject'): void;
}

function Choice({ label, rejected, onChoose }: IChoiceProps): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Segments jps-Judge" role="group" aria-label={label}>
      <button type="button" aria-pressed={!rejected} onClick={() => onChoose('accept')}>
        {!rejected && <checkIcon.react tag="span" className="jps-Icon jps-mod-small" />}
        {trans.__('Accept')}
      </button>
      <button type="button" aria-pressed={rejected} onClick={() => onChoose('reject')}>
        {rejected && <closeIcon.react tag="span" className="jps-Icon jps-mod-small" />}
        {trans.__('Reject')}
      </button>
    </div>
  );
}
