import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { KeyResult } from '../../api/schema';
import { Button } from '../../components/button';
import { flagIcon } from '../../components/icons';
import { ErrorMark } from '../../components/marks';
import { useTrans } from '../../components/trans';
import { useModel } from '../../models/observable';
import type { Findings } from '../../models/sessionFindings';
import { useConversation } from '../context';
import { DispositionCard } from './disposition';
import { DispositionForm } from './dispositionForm';
import { KeyResultCard } from './keyResult';
import { useFindings } from './watching';

/** What a session has decided and found so far. */
export function ResultsPane({ target }: { target: string | null }): React.JSX.Element {
  const trans = useTrans();
  const { model } = useConversation();
  const findings = useFindings(model.id);
  const results = useModel(findings.results);
  useModel(model);
  const frame = React.useRef<HTMLDivElement>(null);
  const there = results.items.some(result => result.id === target);
  React.useEffect(() => {
    if (there && target) {
      const card = frame.current?.querySelector<HTMLElement>(`[data-result="${CSS.escape(target)}"]`);
      card?.scrollIntoView({ block: 'start' });
      card?.focus({ preventScroll: true });
    }
  }, [there, target]);
  return (
    <div ref={frame} className="jps-Results-list" role="feed" aria-label={trans.__('Key results')}>
      <Decision findings={findings} />
      {results.error !== null && (
        <div className="jps-Card jps-mod-error" role="status">
          <div className="jps-Card-title">
            <ErrorMark />
            {trans.__('The key results cannot be read')}
          </div>
          <p>{results.error}</p>
          <div className="jps-Actions">
            <Button onClick={findings.refresh}>{trans.__('Try again')}</Button>
          </div>
        </div>
      )}
      {!results.loaded && results.error === null && (
        <div className="jps-Bars" aria-hidden="true">
          <div />
          <div />
          <div />
        </div>
      )}
      {results.items.map(result => (
        <Result key={result.id} findings={findings} result={result} near={result.id === target} />
      ))}
      {results.loaded && results.items.length === 0 && <None />}
    </div>
  );
}

/** One key result; its data is read and drawn when it comes near the view. */
function Result(props: { findings: Findings; result: KeyResult; near: boolean }): React.JSX.Element {
  const { results } = props.findings;
  const host = React.useRef<HTMLDivElement>(null);
  const [near, setNear] = React.useState(props.near);
  React.useEffect(() => {
    const observer = new IntersectionObserver(
      entries => {
        if (entries.some(entry => entry.isIntersecting)) {
          setNear(true);
        }
      },
      { rootMargin: '600px' }
    );
    if (host.current) {
      observer.observe(host.current);
    }
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={host} className="jps-Results-item">
      <KeyResultCard
        result={props.result}
        results={results}
        data={near ? results.data(props.result.id) : null}
      />
    </div>
  );
}

function Decision({ findings }: { findings: Findings }): React.JSX.Element | null {
  const trans = useTrans();
  const disposition = useModel(findings.disposition).current;
  const results = useModel(findings.results);
  const [deciding, setDeciding] = React.useState(false);
  if (!disposition || (!disposition.value && !disposition.json_schema)) {
    return null;
  }
  if (disposition.value) {
    return <DispositionCard findings={findings} disposition={disposition} />;
  }
  return (
    <div className="jps-Card jps-Disposition" role="article" aria-label={trans.__('Disposition')}>
      <div className="jps-Card-head">
        <checkIcon.react tag="span" className="jps-Icon jps-mod-small" />
        <span className="jps-Card-title">{trans.__('Disposition')}</span>
        <span className="jps-Card-time">{trans.__('not decided yet')}</span>
      </div>
      {deciding && disposition.json_schema ? (
        <DispositionForm
          model={findings.disposition}
          disposition={disposition}
          schema={disposition.json_schema}
          results={results.items}
          onClose={() => setDeciding(false)}
        />
      ) : (
        <div className="jps-Card-body jps-Actions">
          <span className="jps-mod-muted">
            {trans.__('The agent decides when it has what it needs. You can decide yourself.')}
          </span>
          <Button onClick={() => setDeciding(true)}>{trans.__('Decide…')}</Button>
        </div>
      )}
    </div>
  );
}

function None(): React.JSX.Element {
  const trans = useTrans();
  return (
    <p className="jps-Results-none">
      {trans.__('No key results yet. The agent promotes what matters; you can promote an output with')}{' '}
      <flagIcon.react tag="span" className="jps-Icon jps-mod-small" /> {trans.__('in the cell’s toolbar.')}
    </p>
  );
}
