import * as React from 'react';

import { PageState } from '../branches/diff/state';
import { useTrans } from '../components/trans';
import type { ISides } from './versions/state';

type Code = typeof import('../branches/diff');

/** Makes what the differences of one page share, once the first of them is looked at. */
export type MakeDifferences = (code: Code) => IDifferences;

/** What the differences of one page share. */
export interface IDifferences {
  readonly colours: InstanceType<Code['Colours']>;
  readonly contents: InstanceType<Code['CellContents']>;
  readonly renderer: InstanceType<Code['Renderer']>;
  model(sides: ISides): InstanceType<Code['DiffModel']>;
}

interface IDifferenceProps {
  make: MakeDifferences;
  sides: ISides;
}

interface ILoaded {
  readonly code: Code;
  readonly shared: IDifferences;
}

/** What differs between two states of a notebook; its code is loaded with the first one. */
export function Difference({ make, sides }: IDifferenceProps): React.JSX.Element {
  const trans = useTrans();
  const [loaded, setLoaded] = React.useState<ILoaded | null>(null);
  const [tries, setTries] = React.useState(0);
  const [failed, setFailed] = React.useState(false);
  React.useEffect(() => {
    let gone = false;
    setFailed(false);
    import('../branches/diff').then(
      code => !gone && setLoaded({ code, shared: make(code) }),
      () => !gone && setFailed(true)
    );
    return () => {
      gone = true;
    };
  }, [make, tries]);
  return loaded ? (
    <Shown key={Object.values(sides).join(' ')} loaded={loaded} sides={sides} />
  ) : (
    <PageState
      state={failed ? 'failed' : 'loading'}
      gone=""
      failed={trans.__('The changes cannot be shown')}
      error=""
      onRetry={() => setTries(tries + 1)}
    />
  );
}

function Shown({ loaded, sides }: { loaded: ILoaded; sides: ISides }): React.JSX.Element | null {
  const { code, shared } = loaded;
  const [model, setModel] = React.useState<ReturnType<IDifferences['model']> | null>(null);
  React.useEffect(() => {
    const made = shared.model(sides);
    void made.load();
    setModel(made);
    return () => made.dispose();
  }, [shared, sides]);
  return (
    model && (
      <code.OutputContext.Provider value={{ renderer: shared.renderer, blobs: null }}>
        <code.DiffView model={model} colours={shared.colours} contents={shared.contents} />
      </code.OutputContext.Provider>
    )
  );
}
