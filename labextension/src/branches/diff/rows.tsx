import * as React from 'react';

import { useTrans } from '../../components/trans';
import type { ILine, IPair, Sign } from './lines';
import { type IToken, segments } from './segments';

/** Tokens of each line, of both sides. */
export interface IColours {
  readonly before: readonly (readonly IToken[])[];
  readonly after: readonly (readonly IToken[])[];
}

const CLASSES: Record<Sign, string> = {
  ' ': '',
  '+': ' jps-mod-added',
  '−': ' jps-mod-removed',
  '!': ' jps-mod-conflict'
};

/** A line with its numbers on both sides, and its sign. */
export function UnifiedRow({ line, colours }: { line: ILine; colours: IColours }): React.JSX.Element {
  return (
    <div className={`jps-DiffLine${CLASSES[line.sign]}`}>
      <Numbered number={line.before} />
      <Numbered number={line.after} />
      <SignOf sign={line.sign} />
      <Text line={line} tokens={tokensOf(line, colours)} />
    </div>
  );
}

/** What a line was, beside what it is. */
export function PairRow({ pair, colours }: { pair: IPair; colours: IColours }): React.JSX.Element {
  return (
    <div className="jps-DiffPair">
      <Half line={pair.before} number={pair.before?.before ?? null} colours={colours} />
      <Half line={pair.after} number={pair.after?.after ?? null} colours={colours} />
    </div>
  );
}

function Half(props: { line: ILine | null; number: number | null; colours: IColours }): React.JSX.Element {
  const { line, number, colours } = props;
  return line ? (
    <div className={`jps-DiffLine${CLASSES[line.sign]}`}>
      <Numbered number={number} />
      <SignOf sign={line.sign} />
      <Text line={line} tokens={tokensOf(line, colours)} />
    </div>
  ) : (
    <div className="jps-DiffLine jps-mod-none" />
  );
}

function Numbered({ number }: { number: number | null }): React.JSX.Element {
  return (
    <span className="jps-DiffLine-number" aria-hidden="true">
      {number}
    </span>
  );
}

export function SignOf({ sign }: { sign: Sign }): React.JSX.Element {
  return <span className="jps-DiffLine-sign">{sign}</span>;
}

/** The text of a line: always text, with classes for its colours. */
export function Text(props: {
  line: Pick<ILine, 'text' | 'marks'>;
  tokens: readonly IToken[];
}): React.JSX.Element {
  const { line, tokens } = props;
  const trans = useTrans();
  const { shown, rest } = segments(line.text, tokens, line.marks);
  return (
    <code>
      {shown.map(({ text, className, marked }, index) =>
        marked ? (
          <mark key={index} className={className}>
            {text}
          </mark>
        ) : className ? (
          <span key={index} className={className}>
            {text}
          </span>
        ) : (
          text
        )
      )}
      {rest > 0 && (
        <span className="jps-DiffLine-rest">
          {trans._n('%2 more character', '%2 more characters', rest, rest.toLocaleString())}
        </span>
      )}
    </code>
  );
}

const NONE: readonly IToken[] = [];

function tokensOf(line: ILine, colours: IColours): readonly IToken[] {
  const found = line.after === null ? colours.before[(line.before ?? 0) - 1] : colours.after[line.after - 1];
  return found ?? NONE;
}
