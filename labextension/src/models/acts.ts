import type { ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import { forkSession, importContext, pinMessage } from '../api/lines';
import {
  getRun,
  interruptRun,
  orderQueue,
  redoRun,
  sendMessage,
  undoRun,
  updateRun,
  withdrawRun
} from '../api/runs';
import type { RunChanges, Session } from '../api/schema';

/** How a message is sent. */
export interface ISending {
  model?: string | null;
  /** Notebook that the person looks at. */
  notebook?: string | null;
  /** Into the run that is at work, at its next step. */
  steer?: boolean;
  /** Earlier message that it is an edit of. */
  replaces?: number;
}

/** What a person does in a conversation. The events that come of it arrive with all others. */
export class Acts {
  constructor(
    private readonly _settings: ServerConnection.ISettings,
    private readonly _project: string,
    private readonly _session: string
  ) {}

  /** The person has sent a message: the end is what they want to see. */
  get sent(): ISignal<this, void> {
    return this._sent;
  }

  async send(text: string, options: ISending): Promise<void> {
    const { model, notebook, steer, replaces } = options;
    const body = {
      text,
      ...(model ? { model } : {}),
      ...(notebook ? { notebook } : {}),
      ...(steer ? { steer } : {}),
      ...(replaces ? { replaces } : {})
    };
    // One at a time: they arrive in the order in which they were sent.
    const sending = this._sending.then(() => sendMessage(this._settings, this._project, this._session, body));
    this._sending = sending.then(nothing, nothing);
    await sending;
    this._sent.emit();
  }

  /** Send the message of a run that failed once more. */
  async retry(runId: string, notebook: string | null, model: string | null): Promise<void> {
    const run = await getRun(this._settings, this._project, runId);
    await this.send(run.prompt, { model: model ?? run.model, notebook });
  }

  interrupt(kernel: boolean): Promise<void> {
    return interruptRun(this._settings, this._project, this._session, kernel);
  }

  async change(runId: string, patch: { text?: string; steer?: boolean }): Promise<void> {
    await updateRun(this._settings, this._project, runId, patch);
  }

  withdraw(runId: string): Promise<void> {
    return withdrawRun(this._settings, this._project, runId);
  }

  async order(ids: readonly string[]): Promise<void> {
    // One at a time: the order that was given last stays.
    const ordering = this._ordering.then(() => orderQueue(this._settings, this._project, this._session, ids));
    this._ordering = ordering.then(nothing, nothing);
    await ordering;
  }

  /** Take back what a run has changed. */
  undo(runId: string): Promise<RunChanges> {
    return undoRun(this._settings, this._project, runId);
  }

  /** Take the last undo of a run back. */
  redo(runId: string): Promise<RunChanges> {
    return redoRun(this._settings, this._project, runId);
  }

  pin(seq: number, pinned: boolean): Promise<void> {
    return pinMessage(this._settings, this._project, this._session, { seq, pinned });
  }

  fork(seq: number): Promise<Session> {
    return forkSession(this._settings, this._project, this._session, { seq });
  }

  async importAgain(): Promise<void> {
    await importContext(this._settings, this._project, this._session);
  }

  private _sending: Promise<void> = Promise.resolve();
  private _ordering: Promise<void> = Promise.resolve();
  private _sent = new Signal<this, void>(this);
}

function nothing(): void {}
