import * as React from 'react';

import { blocksOf } from './blocks';
import { useConversation } from './context';
import type { Renderer } from './renderer';

interface IProseProps {
  id: string;
  text: string;
  streaming: boolean;
}

/** The agent's Markdown. While it is written only its last block is rendered anew. */
export function Prose({ id, text, streaming }: IProseProps): React.JSX.Element {
  const { renderer } = useConversation();
  const host = React.useRef<HTMLDivElement>(null);
  const writer = React.useRef<ProseWriter | null>(null);
  React.useLayoutEffect(() => {
    if (host.current) {
      writer.current ??= new ProseWriter(host.current, renderer, id);
      writer.current.write(text, streaming);
    }
  }, [id, renderer, text, streaming]);
  React.useEffect(() => () => writer.current?.stop(), []);
  return <div ref={host} className="jps-Prose" />;
}

/** Definitions of links and footnotes, which hold for the whole text. */
const REFERENCES = /^ {0,3}\[[^\]]+\]:/m;

/** Keeps an element at the newest text; one rendering at a time. */
class ProseWriter {
  constructor(
    private readonly _host: HTMLElement,
    private readonly _renderer: Renderer,
    private readonly _id: string
  ) {}

  write(text: string, streaming: boolean): void {
    this._wanted = { text, streaming };
    const kept = streaming ? null : this._renderer.recall(this._id, text);
    if (kept) {
      this._host.replaceChildren(kept);
      this._wanted = null;
    } else if (!this._busy) {
      void this._run();
    }
  }

  stop(): void {
    this._stopped = true;
  }

  private async _run(): Promise<void> {
    this._busy = true;
    while (this._wanted && !this._stopped) {
      const { text, streaming } = this._wanted;
      this._wanted = null;
      const start = performance.now();
      if (streaming) {
        await this._stream(text);
        // Never more than half of the time goes into rendering.
        await frameAfter(performance.now() - start);
      } else {
        await this._finish(text);
      }
    }
    this._busy = false;
  }

  /** What was written block by block stays, unless its blocks speak of each other. */
  private async _finish(text: string): Promise<void> {
    if (this._blocks.length > 0 && !REFERENCES.test(text)) {
      await this._stream(text);
      const whole = document.createElement('div');
      whole.append(...this._host.children);
      this._show(text, whole);
    } else {
      this._show(text, await this._renderer.markdown(text));
    }
  }

  private _show(text: string, node: HTMLElement): void {
    this._renderer.keep(this._id, text, node);
    this._host.replaceChildren(node);
    this._renderer.typeset(node);
  }

  private async _stream(text: string): Promise<void> {
    const blocks = blocksOf(text);
    for (const [index, block] of blocks.entries()) {
      if (this._blocks[index] !== block) {
        const node = await this._renderer.markdown(block);
        const old = this._host.children[index];
        if (old) {
          old.replaceWith(node);
        } else {
          this._host.append(node);
        }
        this._blocks[index] = block;
      }
    }
    while (this._host.children.length > blocks.length) {
      this._host.lastElementChild?.remove();
    }
    this._blocks.length = blocks.length;
  }

  private _wanted: { text: string; streaming: boolean } | null = null;
  private _busy = false;
  private _stopped = false;
  private _blocks: string[] = [];
}

function frameAfter(ms: number): Promise<void> {
  return new Promise(resolve => {
    window.setTimeout(() => window.requestAnimationFrame(() => resolve()), Math.min(ms, 500));
  });
}
