import * as React from 'react';

interface ICodeProps {
  value: string;
  /** Name for screen readers. */
  label: string;
  /** Line with a mistake. */
  wrongLine: number | null;
  placeholder?: string;
  describedBy?: string;
  onChange(value: string): void;
}

const TOKEN = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|-?\b\d[\w.+-]*|\b(?:true|false|null)\b|[^"\d\w-]+|./gs;
/** Above this, colours would make typing slow. */
const MAX_COLOURED = 20_000;

/** JSON to type: a plain text field over the same text in colours, with line numbers. */
export function CodeField(props: ICodeProps): React.JSX.Element {
  const lines = props.value.split('\n');
  const coloured = props.value.length <= MAX_COLOURED;
  return (
    <div className={`jps-CodeField${props.wrongLine === null ? '' : ' jps-mod-wrong'}`}>
      <div className="jps-CodeField-lines" aria-hidden="true">
        {lines.map((_, index) => (
          <div key={index}>{index + 1}</div>
        ))}
      </div>
      <div className="jps-CodeField-scroll">
        <div className="jps-CodeField-both">
          <pre aria-hidden="true">
            {lines.map((line, index) => (
              <div key={index} className={index + 1 === props.wrongLine ? 'jps-mod-wrong' : undefined}>
                {coloured ? <Coloured line={line} /> : line}
                {'\n'}
              </div>
            ))}
          </pre>
          <textarea
            value={props.value}
            aria-label={props.label}
            aria-describedby={props.describedBy}
            aria-invalid={props.wrongLine !== null}
            placeholder={props.placeholder}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            wrap="off"
            onChange={event => props.onChange(event.target.value)}
          />
        </div>
      </div>
    </div>
  );
}

const Coloured = React.memo(function Coloured({ line }: { line: string }): React.JSX.Element {
  const parts = [...line.matchAll(TOKEN)].map(([token, string, colon], index) => {
    if (string !== undefined) {
      return (
        <React.Fragment key={index}>
          <span className={colon === undefined ? 'jps-CodeField-string' : 'jps-CodeField-name'}>
            {string}
          </span>
          {colon}
        </React.Fragment>
      );
    }
    return /^[-\dtfn]/.test(token) ? (
      <span key={index} className="jps-CodeField-atom">
        {token}
      </span>
    ) : (
      token
    );
  });
  return <>{parts}</>;
});
