import {
  type IRenderMime,
  type IRenderMimeRegistry,
  MimeModel,
  RenderMimeRegistry,
  standardRendererFactories
} from '@jupyterlab/rendermime';
import type { JSONObject, PartialJSONObject } from '@lumino/coreutils';

import { QuietSanitizer } from './safe';

const KEPT = 80;
const CHARTS = /^application\/vnd\.vegalite\.v(\d+)\+json$/;

/** Renders Markdown and outputs as untrusted, with nothing loaded from elsewhere. */
export class Renderer {
  /** Only the standard renderers: those of other extensions may fetch data by themselves. */
  constructor(private readonly _all: IRenderMimeRegistry) {
    const registry = _all;
    this._registry = new RenderMimeRegistry({
      initialFactories: standardRendererFactories,
      sanitizer: new QuietSanitizer(registry.sanitizer),
      latexTypesetter: registry.latexTypesetter ?? undefined,
      markdownParser: registry.markdownParser ?? undefined
    });
  }

  /** Render Markdown into a new element. */
  markdown(text: string): Promise<HTMLElement> {
    return this._render({ 'text/markdown': text }, 'text/markdown');
  }

  /** Render text with terminal colours into a new element. */
  text(text: string): Promise<HTMLElement> {
    return this._render({ 'text/plain': text }, 'text/plain');
  }

  /** Render an output's bundle into a new element; `null` when nothing of it may be shown. */
  async bundle(data: PartialJSONObject, metadata: PartialJSONObject): Promise<HTMLElement | null> {
    const type = this._registry.preferredMimeType(data, 'ensure');
    return type ? this._render(data, type, metadata) : null;
  }

  /** Draw a Vega-Lite chart that was made here; `null` without JupyterLab's renderer for charts. */
  async chart(spec: JSONObject, embed_options: PartialJSONObject): Promise<IRenderMime.IRenderer | null> {
    const type = this._all.mimeTypes
      .filter(each => CHARTS.test(each))
      .sort(byVersion)
      .at(-1);
    if (!type) {
      return null;
    }
    const renderer = this._all.createRenderer(type);
    // With a picture in the bundle the renderer makes none, which nobody would see.
    const data: PartialJSONObject = { [type]: spec, 'image/png': '-' };
    await renderer.renderModel(
      new MimeModel({ data, metadata: { [type]: { embed_options } }, trusted: false })
    );
    return renderer;
  }

  /** Set the formulas of what is in the document now. */
  typeset(node: HTMLElement): void {
    if (/\$|\\[([]/.test(node.textContent)) {
      void this._registry.latexTypesetter?.typeset(node);
    }
  }

  /**
   * What was rendered under this key for this text, to show it again at once.
   *
   * `null` while it is shown elsewhere: forks and lists of results show the same things in other tabs.
   */
  recall(key: string, text: string): HTMLElement | null {
    const kept = this._kept.get(key);
    return kept?.text === text && !kept.node.isConnected ? kept.node : null;
  }

  keep(key: string, text: string, node: HTMLElement): void {
    this._kept.delete(key);
    this._kept.set(key, { text, node });
    if (this._kept.size > KEPT) {
      for (const oldest of [...this._kept.keys()].slice(0, -KEPT)) {
        this._kept.delete(oldest);
      }
    }
  }

  private async _render(
    data: PartialJSONObject,
    type: string,
    metadata: PartialJSONObject = {}
  ): Promise<HTMLElement> {
    // Only its node is kept, and goes when nothing shows it.
    // eslint-disable-next-line jupyter/require-disposable-transfer
    const renderer: IRenderMime.IRenderer = this._registry.createRenderer(type);
    await renderer.renderModel(new MimeModel({ data, metadata, trusted: false }));
    return renderer.node;
  }

  private _registry: RenderMimeRegistry;
  private _kept = new Map<string, { text: string; node: HTMLElement }>();
}

function byVersion(a: string, b: string): number {
  return Number(CHARTS.exec(a)?.[1]) - Number(CHARTS.exec(b)?.[1]);
}
