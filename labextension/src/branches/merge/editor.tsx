import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

import { useTrans } from '../../components/trans';
import type { Sign } from '../diff/lines';
import { lineSigns } from './signs';

/** JupyterLab's editors; without them a plain text field does. */
export const EditorContext = React.createContext<IEditorServices | null>(null);

interface IResultEditorProps {
  value: string;
  label: string;
  mimeType: string;
  /** Signs of the lines of a text. */
  signsOf(text: string): readonly Sign[];
  onChange(value: string): void;
  /** Escape: the keyboard goes on outside. */
  onLeave(): void;
}

/** An editor for the source of one cell, as in the notebook. */
export function ResultEditor(props: IResultEditorProps): React.JSX.Element {
  const services = React.useContext(EditorContext);
  return services ? <CellEditor {...props} services={services} /> : <PlainEditor {...props} />;
}

function CellEditor(props: IResultEditorProps & { services: IEditorServices }): React.JSX.Element {
  const { services, label, mimeType, value } = props;
  const trans = useTrans();
  const host = React.useRef<HTMLDivElement>(null);
  const model = React.useRef<CodeEditor.IModel | null>(null);
  const latest = React.useRef(props);
  latest.current = props;
  React.useEffect(() => {
    if (!host.current) {
      return;
    }
    const made = new CodeEditor.Model({ mimeType });
    made.sharedModel.setSource(latest.current.value);
    const editor = services.factoryService.newInlineEditor({
      host: host.current,
      model: made,
      config: { lineNumbers: false, lineWrap: true },
      extensions: [lineSigns(text => latest.current.signsOf(text))]
    });
    made.sharedModel.changed.connect(() => {
      const text = made.sharedModel.getSource();
      if (text !== latest.current.value) {
        latest.current.onChange(text);
      }
    });
    const content = host.current.querySelector('.cm-content');
    content?.setAttribute('aria-label', label);
    content?.setAttribute('aria-description', trans.__('Tab indents; Escape leads out.'));
    model.current = made;
    return () => {
      model.current = null;
      editor.dispose();
      made.dispose();
    };
  }, [services, mimeType, label, trans]);
  React.useEffect(() => {
    if (model.current && model.current.sharedModel.getSource() !== value) {
      model.current.sharedModel.setSource(value);
    }
  }, [value]);
  return (
    <div
      ref={host}
      className="jps-Result-editor"
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onLeave();
        }
      }}
    />
  );
}

function PlainEditor(props: IResultEditorProps): React.JSX.Element {
  return (
    <textarea
      className="jps-Result-editor"
      value={props.value}
      aria-label={props.label}
      rows={Math.min(20, props.value.split('\n').length + 1)}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      onChange={event => props.onChange(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onLeave();
        }
      }}
    />
  );
}

/** The MIME type by which JupyterLab's editors know the language of a cell. */
export function mimeOf(cellType: string, language: string): string {
  if (cellType === 'markdown') {
    return 'text/x-ipythongfm';
  }
  return cellType === 'code'
    ? `text/x-${language === 'python' ? 'ipython' : language.toLowerCase()}`
    : 'text/plain';
}
