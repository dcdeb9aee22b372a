import { closeIcon, refreshIcon, searchIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Hit } from '../api/schema';
import { Button, IconButton } from '../components/button';
import { ErrorMark } from '../components/marks';
import { useNow } from '../components/now';
import { when } from '../components/times';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { SearchModel } from '../models/search';
import type { SessionsModel } from '../models/sessions';
import { type IFound, type IPiece, namesIn, placesIn, snippetOf } from './found';

interface ISearchProps {
  search: SearchModel;
  sessions: SessionsModel;
  onOpen(found: IFound, beside: boolean): void;
  onClose(): void;
}

/**
 * Filters as one types: sessions by their names, and places in conversations.
 *
 * The focus stays in the field; up and down walk through what was found, Enter opens it.
 */
export function Search({ search, sessions, onOpen, onClose }: ISearchProps): React.JSX.Element {
  const trans = useTrans();
  useModel(search);
  useModel(sessions);
  const [walked, setWalked] = React.useState<string | null>(null);
  const { text } = search;
  const names = text.trim() ? [...namesIn(sessions.items, text), ...namesElsewhere(search, sessions)] : [];
  const places = placesIn(
    search.hits.filter(hit => hit.kind !== 'name'),
    text,
    search.everywhere
  );
  const all = [...names, ...places];
  const here = all.find(each => each.key === walked) ?? all[0];
  const id = React.useId();
  const list = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [walked]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (step && here) {
      setWalked(all[(all.indexOf(here) + step + all.length) % all.length]?.key ?? null);
    } else if (event.key === 'Enter' && here) {
      onOpen(here, event.ctrlKey);
    } else if (event.key === 'Escape' && text) {
      search.type('');
    } else if (event.key === 'Escape') {
      onClose();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const found = { list: id, here: here?.key ?? null, onOpen };
  return (
    <>
      <div className="jps-Search">
        <div className="jps-Search-field">
          <searchIcon.react tag="span" className="jps-Icon jps-mod-small" />
          <input
            ref={focusField}
            role="combobox"
            aria-expanded={all.length > 0}
            aria-controls={id}
            aria-activedescendant={here && `${id}-${here.key}`}
            aria-label={trans.__('Search names and conversations')}
            placeholder={trans.__('Search names and conversations')}
            className="jps-Field"
            value={text}
            onChange={event => {
              setWalked(null);
              search.type(event.target.value);
            }}
            onKeyDown={onKeyDown}
          />
          <IconButton icon={closeIcon} label={trans.__('Close the search')} onClick={onClose} />
        </div>
        <label className="jps-Search-all">
          <input
            type="checkbox"
            className="jps-Check"
            checked={search.everywhere}
            onChange={event => search.setEverywhere(event.target.checked)}
          />
          {trans.__('All projects')}
        </label>
      </div>
      {text.trim() !== '' && (
        <div ref={list} className="jps-Found" id={id} role="listbox" aria-label={trans.__('Found')}>
          <Group label={trans.__('Names')} items={names} {...found} />
          <Group label={trans.__('In conversations')} items={places} {...found} />
          {search.more && (
            <Button look="flat" className="jps-Found-more" onClick={() => void search.fetchMore()}>
              {trans.__('Show more')}
            </Button>
          )}
          {search.error !== null && <Failed search={search} />}
          {all.length === 0 && !search.busy && search.error === null && (
            <p className="jps-Found-none">{trans.__('Nothing found for “%1”.', text.trim())}</p>
          )}
        </div>
      )}
      <div role="status" className="jps-Unseen">
        {text.trim() !== '' && !search.busy && said(trans, names.length, places.length, search.more)}
      </div>
    </>
  );
}

interface IGroupProps {
  label: string;
  items: readonly IFound[];
  /** Id of the list; those of the options begin with it. */
  list: string;
  here: string | null;
  onOpen(found: IFound, beside: boolean): void;
}

function Group({ label, items, list, here, onOpen }: IGroupProps): React.JSX.Element | null {
  if (items.length === 0) {
    return null;
  }
  return (
    <div role="group" aria-label={label}>
      <div className="jps-Found-head" aria-hidden="true">
        <span className="jps-Row-caption">{label}</span>
      </div>
      {items.map(each => (
        <div
          key={each.key}
          id={`${list}-${each.key}`}
          role="option"
          aria-selected={each.key === here}
          className="jps-Found-item"
          onMouseDown={event => event.preventDefault()}
          onClick={event => onOpen(each, event.ctrlKey || event.metaKey)}
        >
          <Found found={each} />
        </div>
      ))}
    </div>
  );
}

function Found({ found }: { found: IFound }): React.JSX.Element {
  const trans = useTrans();
  const now = useNow(60_000);
  const { hit, projectName } = found;
  return (
    <>
      <div className="jps-Found-name">
        <span className="jps-Row-text">
          <Marked pieces={found.name} />
        </span>
        {hit && <span className="jps-Found-time">{when(trans, hit.ts, now)}</span>}
      </div>
      {hit && hit.kind !== 'name' && (
        <div className="jps-Found-text">
          <span className="jps-Found-kind">{kindOf(trans, hit)}</span> <Marked pieces={snippetOf(hit)} />
        </div>
      )}
      {projectName && <div className="jps-Found-project">{projectName}</div>}
    </>
  );
}

function Marked({ pieces: parts }: { pieces: readonly IPiece[] }): React.JSX.Element {
  return (
    <>
      {parts.map(({ text, marked }, index) =>
        marked ? (
          <mark key={index} className="jps-Mark">
            {text}
          </mark>
        ) : (
          <React.Fragment key={index}>{text}</React.Fragment>
        )
      )}
    </>
  );
}

function Failed({ search }: { search: SearchModel }): React.JSX.Element {
  const trans = useTrans();
  return (
    <div className="jps-Card jps-mod-error" role="alert">
      <div className="jps-Card-title">
        <ErrorMark />
        {trans.__('Conversations not searched')}
      </div>
      <p>{search.error || trans.__('The server does not answer.')}</p>
      <Button icon={refreshIcon} onClick={() => search.retry()}>
        {trans.__('Try again')}
      </Button>
    </div>
  );
}

/** Names of sessions of other projects; those of this one are in the list. */
function namesElsewhere(search: SearchModel, sessions: SessionsModel): IFound[] {
  const hits = search.hits.filter(hit => hit.kind === 'name' && hit.project_id !== sessions.project);
  return placesIn(hits, search.text, true);
}

function kindOf(trans: TranslationBundle, hit: Hit): string {
  switch (hit.kind) {
    case 'prompt':
      return trans.__('You:');
    case 'answer':
      return trans.__('Agent:');
    case 'code':
      return trans.__('Code:');
    case 'result':
      return trans.__('Result:');
    case 'name':
      return '';
  }
}

function said(trans: TranslationBundle, names: number, places: number, more: boolean): string {
  if (names + places === 0) {
    return trans.__('Nothing found');
  }
  return [
    trans._n('%1 name', '%1 names', names),
    more
      ? trans.__('%1 places in conversations, and more', places)
      : trans._n('%1 place in conversations', '%1 places in conversations', places)
  ].join(', ');
}

function focusField(field: HTMLInputElement | null): void {
  field?.focus();
  field?.select();
}
