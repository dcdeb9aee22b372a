import type { PartialJSONObject } from '@lumino/coreutils';
import * as React from 'react';

import { Button } from '../components/button';
import { useTrans } from '../components/trans';
import { useModel } from '../models/observable';
import { useOutputs } from './outputContext';

const LINES = 12;
const BYTES = 2048;
const STEP = 200;
/** What a page can take as one piece of text. */
const MOST = 1_000_000;

type Output = Readonly<Record<string, unknown>>;

/** Outputs of a cell as in nbformat: text cut, pictures and tables whole, nothing trusted. */
export function Outputs({ id, outputs }: { id: string; outputs: readonly Output[] }): React.JSX.Element {
  return (
    <>
      {outputs.map((output, index) => (
        <OneOutput key={index} id={`${id}-${index}`} output={output} />
      ))}
    </>
  );
}

function OneOutput({ id, output }: { id: string; output: Output }): React.JSX.Element {
  switch (output.output_type) {
    case 'stream':
      return <LongText id={id} text={joined(output.text)} error={output.name === 'stderr'} />;
    case 'error': {
      const trace = Array.isArray(output.traceback) ? output.traceback.map(String).join('\n') : '';
      return <LongText id={id} text={trace || `${String(output.ename)}: ${String(output.evalue)}`} error />;
    }
    default: {
      const data = (output.data ?? {}) as PartialJSONObject;
      const rich = Object.keys(data).some(type => type !== 'text/plain');
      return rich ? (
        <Bundle id={id} data={data} metadata={(output.metadata ?? {}) as PartialJSONObject} />
      ) : (
        <LongText id={id} text={joined(data['text/plain'])} />
      );
    }
  }
}

/** A picture, a table, or whatever else a cell shows. */
function Bundle(props: {
  id: string;
  data: PartialJSONObject;
  metadata: PartialJSONObject;
}): React.JSX.Element {
  const { id, data, metadata } = props;
  const { renderer } = useOutputs();
  const text = JSON.stringify(data);
  const make = React.useCallback(() => renderer.bundle(data, metadata), [renderer, data, metadata]);
  return <Rendered typesets className="jps-Output-rich" id={id} text={text} make={make} fallback="" />;
}

interface ILongTextProps {
  id: string;
  text: string;
  error?: boolean;
  /** Where the rest is, when `text` is only its beginning. */
  whole?: { blob: string; size: number } | null;
}

/** Text cut at 12 lines or 2 kB, with ways to see more. */
export function LongText({ id, text, error, whole }: ILongTextProps): React.JSX.Element {
  const trans = useTrans();
  const { blobs, renderer } = useOutputs();
  useModel(blobs);
  const [lines, setLines] = React.useState(LINES);
  const [all, setAll] = React.useState(false);
  const full = all && whole && blobs ? blobs.blob(whole.blob) : null;
  const { shown, rest } = cut(full ?? text, all ? Infinity : lines);
  const make = React.useCallback(() => renderer.text(shown), [renderer, shown]);
  const hidden = rest > 0 || (whole && !all);
  return (
    <>
      <Rendered
        className={`jps-Output-text${error ? ' jps-mod-stderr' : ''}${all ? ' jps-mod-all' : ''}`}
        id={id}
        text={shown}
        make={make}
        fallback={shown}
      />
      {all && whole && full === null && (
        <span className="jps-mod-muted">{blobs?.blobFailure(whole.blob) ?? trans.__('Reading…')}</span>
      )}
      {hidden && (
        <div className="jps-More">
          <span>
            {rest > 0
              ? trans._n('%2 more line', '%2 more lines', rest, rest.toLocaleString())
              : trans.__('%1 in all', sizeOf(whole?.size ?? 0))}
          </span>
          {rest > STEP && (
            <Button look="flat" data-grows onClick={() => setLines(lines + STEP)}>
              {trans.__('Show %1 more', STEP)}
            </Button>
          )}
          <Button look="flat" data-grows onClick={() => setAll(true)}>
            {trans.__('Open all')}
          </Button>
        </div>
      )}
    </>
  );
}

/** The first lines of a text, at most 2 kB unless more are asked for, and how many are left out. */
export function cut(text: string, lines: number): { shown: string; rest: number } {
  const limit = lines === Infinity ? MOST : BYTES * Math.ceil(lines / LINES);
  let end = -1;
  for (let line = 0; line < lines; line += 1) {
    const next = text.indexOf('\n', end + 1);
    if (next < 0 || next > limit) {
      end = next < 0 && text.length <= limit ? text.length : Math.max(end, Math.min(limit, text.length));
      break;
    }
    end = next;
  }
  const shown = text.slice(0, end);
  const left = text.slice(end).replace(/\n$/, '');
  return {
    shown,
    rest: left.length > 0 ? Math.max(1, left.split('\n').length - (left.startsWith('\n') ? 1 : 0)) : 0
  };
}

/** A number of bytes: "1.4 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) {
    return `${bytes} B`;
  }
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Source code with the colours of the notebook. */
export function Code({
  id,
  text,
  language
}: {
  id: string;
  text: string;
  language: string;
}): React.JSX.Element {
  const { renderer } = useOutputs();
  const make = React.useCallback(() => {
    const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(match => match[0].length + 1)));
    return renderer.markdown(`${fence}${language}\n${text}\n${fence}`);
  }, [renderer, text, language]);
  return <Rendered className="jps-Code" id={id} text={text} make={make} fallback={text} />;
}

interface IRenderedProps {
  id: string;
  className: string;
  /** What is rendered, to know it again. */
  text: string;
  /** Shown until the rendering is there. */
  fallback: string;
  make(): Promise<HTMLElement | null>;
  /** It may hold formulas. */
  typesets?: boolean;
}

/** Something that is rendered outside of React. */
function Rendered({ id, className, text, fallback, make, typesets }: IRenderedProps): React.JSX.Element {
  const { renderer } = useOutputs();
  const host = React.useRef<HTMLDivElement>(null);
  React.useLayoutEffect(() => {
    let current = true;
    const kept = renderer.recall(id, text);
    if (kept) {
      host.current?.replaceChildren(kept);
      return;
    }
    if (fallback && !host.current?.hasChildNodes()) {
      const pre = document.createElement('pre');
      pre.textContent = fallback;
      host.current?.replaceChildren(pre);
    }
    void make().then(node => {
      if (current && node) {
        renderer.keep(id, text, node);
        host.current?.replaceChildren(node);
        if (typesets) {
          renderer.typeset(node);
        }
      }
    });
    return () => {
      current = false;
    };
  }, [id, text, fallback, make, renderer, typesets]);
  return <div ref={host} className={className} />;
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.map(String).join('') : typeof text === 'string' ? text : '';
}
