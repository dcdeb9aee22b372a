import { circleEmptyIcon, refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Provider } from '../api/schema';
import { Button } from '../components/button';
import { ErrorMark, Ring, StateMark } from '../components/marks';
import { clock } from '../components/times';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import type { SetupModel } from './model';

/** The session that a model can be chosen for. */
export interface ITarget {
  name: string;
  /** Its model now; `null` is the server's default. */
  model: string | null;
  choose(model: string): void;
}

export interface ISetupProps {
  model: SetupModel;
  target: ITarget | null;
}

/** What models there are, where each provider was found, why one cannot be used and what to do. */
export function SetupView({ model, target }: ISetupProps): React.JSX.Element {
  const trans = useTrans();
  useModel(model);
  return (
    <div className="jps-Page-body jps-Setup">
      <div className="jps-Page-column">
        <div className="jps-Setup-head">
          <h1>{trans.__('Models')}</h1>
          <span className="jps-Actions">
            <span className="jps-mod-muted" role="status">
              {model.probing
                ? trans.__('Asking the providers…')
                : model.probedAt !== null
                  ? trans.__('Asked at %1', clock(model.probedAt))
                  : ''}
            </span>
            <Button icon={refreshIcon} disabled={model.probing} onClick={() => void model.probe()}>
              {trans.__('Probe again')}
            </Button>
          </span>
        </div>
        <p className="jps-mod-muted">
          {trans.__(
            'Keys are read from the environment of the server and from its Jupyter configuration. They are never shown, logged or given to a kernel.'
          )}
        </p>
        {model.error !== null && (
          <p className="jps-Wrong" role="alert">
            <ErrorMark />
            <span>{model.error}</span>
          </p>
        )}
        {model.probing && model.items.length === 0 && <Ring />}
        <ul className="jps-Setup-list">
          {model.items.map(provider => (
            <li key={provider.id}>
              <ProviderCard provider={provider} target={target} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function ProviderCard({
  provider,
  target
}: {
  provider: Provider;
  target: ITarget | null;
}): React.JSX.Element {
  const trans = useTrans();
  const { models, source, reason, advice } = provider;
  const titleId = React.useId();
  return (
    <div className="jps-Card" role="group" aria-labelledby={titleId}>
      <div className="jps-Card-head">
        <span id={titleId} className="jps-Card-title">
          {provider.display_name}
        </span>
        <span className="jps-mod-muted">{kindName(trans, provider.kind)}</span>
        <span className="jps-Card-time">
          <Mark provider={provider} />
          {stateName(trans, provider.state)}
        </span>
      </div>
      <div className="jps-Card-body">
        {source !== null && <p>{foundText(trans, provider)}</p>}
        {reason !== null && provider.state !== 'no_key' && <p>{reason}</p>}
        {advice !== null && <p>{advice}</p>}
        {models.length > 0 && <Models names={models} provider={provider} target={target} />}
      </div>
    </div>
  );
}

/** The first few models of a provider; all of them on demand. */
function Models(props: {
  names: readonly string[];
  provider: Provider;
  target: ITarget | null;
}): React.JSX.Element {
  const trans = useTrans();
  const { names, provider, target } = props;
  const [all, setAll] = React.useState(false);
  const shown = all ? names : names.slice(0, FIRST);
  return (
    <>
      <ul className="jps-Setup-models" aria-label={trans.__('Models of %1', provider.display_name)}>
        {shown.map(name => (
          <li key={name}>
            <code title={name}>{name}</code>
            {target &&
              (target.model === name ? (
                <span className="jps-mod-muted">{trans.__('in use')}</span>
              ) : (
                <Button
                  look="flat"
                  aria-label={trans.__('Use %1 in “%2”', name, target.name)}
                  title={trans.__('In “%1”', target.name)}
                  onClick={() => target.choose(name)}
                >
                  {trans.__('Use')}
                </Button>
              ))}
          </li>
        ))}
      </ul>
      {names.length > shown.length && (
        <Button look="flat" onClick={() => setAll(true)}>
          {trans.__('Show all %1', names.length.toLocaleString())}
        </Button>
      )}
    </>
  );
}

function Mark({ provider }: { provider: Provider }): React.JSX.Element {
  if (provider.kind === 'local' && provider.state === 'not_reachable') {
    // Nobody said that one runs: nothing is wrong.
    return <circleEmptyIcon.react tag="span" className="jps-Icon jps-mod-small" />;
  }
  switch (provider.state) {
    case 'ready':
      return <StateMark mark="ok" />;
    case 'no_key':
    case 'not_installed':
      return <circleEmptyIcon.react tag="span" className="jps-Icon jps-mod-small" />;
    case 'refused':
    case 'not_reachable':
      return <ErrorMark />;
    case 'unknown':
      return <StateMark mark="unknown" />;
  }
}

function stateName(trans: TranslationBundle, state: Provider['state']): string {
  return {
    ready: trans.__('Ready'),
    no_key: trans.__('No key'),
    not_installed: trans.__('Not installed'),
    not_reachable: trans.__('Not reachable'),
    refused: trans.__('Refused'),
    unknown: trans.__('Not known')
  }[state];
}

function kindName(trans: TranslationBundle, kind: Provider['kind']): string {
  return {
    offline: trans.__('without a network'),
    hosted: trans.__('hosted'),
    local: trans.__('on this machine')
  }[kind];
}

function foundText(trans: TranslationBundle, { source, kind, took_ms: took }: Provider): string {
  const where = source ?? '';
  const found = {
    offline: where,
    hosted: trans.__('Key: %1', where),
    local: trans.__('Address: %1', where)
  }[kind];
  return took === null ? found : `${found} · ${trans.__('answered in %1 ms', took.toLocaleString())}`;
}

const FIRST = 8;
