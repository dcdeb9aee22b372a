import type {
  Blob,
  CellExecutedData,
  Disposition,
  DispositionSetData,
  KeyResultAddedData,
  LeftAlone,
  RunError,
  TerminalOutputData,
  Usage
} from '../api/schema';

export type CallStatus = 'waits' | 'running' | 'ok' | 'error' | 'refused' | 'unknown';

/** One tool call with all that the log says about it. */
export interface ICall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly argumentsBlob: string | null;
  readonly ts: string;
  readonly status: CallStatus;
  readonly content: string;
  /** Blob of the whole result, when `content` is cut, and its size in bytes. */
  readonly whole: { blob: string; size: number } | null;
  readonly durationMs: number;
  readonly summary: string;
  readonly cell: CellExecutedData | null;
  /** Branch of the notebook that it acted on, once that is known. */
  readonly branch: string | null;
  readonly terminal: TerminalOutputData | null;
  /** Output of a command that still runs. */
  readonly liveText: string;
  /** Shown as a question instead. */
  readonly hidden: boolean;
}

interface IEntryBase {
  /** Names the entry for as long as the log is open. */
  readonly key: string;
  /** Event that it begins with. */
  readonly seq: number;
  readonly ts: string;
  readonly runId: string | null;
  /** In how many earlier versions of the conversation it lies; none when left out. */
  readonly depth?: number;
}

export interface IUserEntry extends IEntryBase {
  readonly kind: 'user';
  readonly text: string;
  /** It came while the run was at work. */
  readonly steers: boolean;
  /** No summary drops it. */
  readonly pinned: boolean;
}

export interface IAgentEntry extends IEntryBase {
  readonly kind: 'agent';
  readonly text: string;
  readonly streaming: boolean;
  readonly pinned: boolean;
}

export interface IReasoningEntry extends IEntryBase {
  readonly kind: 'reasoning';
  readonly text: string;
  readonly durationMs: number;
  readonly streaming: boolean;
}

/** The calls of one response of the model. */
export interface ICallsEntry extends IEntryBase {
  readonly kind: 'calls';
  readonly calls: readonly ICall[];
  /** Wall time of all of them, once they have returned. */
  readonly wallMs: number | null;
}

export interface IQuestionEntry extends IEntryBase {
  readonly kind: 'question';
  readonly question: string;
  readonly choices: readonly string[];
  readonly answer: string | null;
}

export interface IFailureEntry extends IEntryBase {
  readonly kind: 'failure';
  readonly error: RunError;
}

export interface IInterruptedEntry extends IEntryBase {
  readonly kind: 'interrupted';
  /** Time from the start of the run, when it is known. */
  readonly afterMs: number | null;
  readonly by: 'user' | 'system';
  /** The run has ended. */
  readonly ended: boolean;
}

/** The agent has acknowledged an interrupt, and waits to be told how to go on. */
export interface IStoppedEntry extends IEntryBase {
  readonly kind: 'stopped';
}

export interface ILimitEntry extends IEntryBase {
  readonly kind: 'limit';
  readonly iteration: number;
  readonly limit: number;
}

/** What a run has changed, and what it has cost: its last line. */
export interface IEndEntry extends IEntryBase {
  readonly kind: 'end';
  readonly changes: IChanges | null;
  /** What of it was taken back; `null` when nothing was. */
  readonly undone: IUndone | null;
  readonly usage: Usage;
  readonly durationMs: number;
}

/** What a run has changed, in numbers. */
export interface IChanges {
  readonly cells: number;
  readonly notebooks: number;
  readonly files: number;
  readonly added: number;
  readonly removed: number;
  /** The server knows each of these changes: they can be looked at, and taken back. */
  readonly kept: boolean;
}

/** Changes of a run that were taken back. */
export interface IUndone {
  /** Only some were asked for, or some were left alone. */
  readonly partly: boolean;
  readonly cells: number;
  readonly files: number;
  readonly left: readonly LeftAlone[];
}

/** Changes of a run were taken back, or done again, whose end is not in what is loaded. */
export interface IUndoneEntry extends IEntryBase {
  readonly kind: 'undone';
  readonly undone: IUndone | null;
}

/** The session works on another branch from here on. */
export interface ISwitchedEntry extends IEntryBase {
  readonly kind: 'switched';
  readonly branch: string;
  readonly name: string;
}

/** A merge was proposed here, and what came of it. */
export interface IMergeEntry extends IEntryBase {
  readonly kind: 'merge';
  readonly merge: string;
  readonly source: string;
  readonly target: string;
  readonly status: 'open' | 'merged' | 'closed';
  /** Cells that it changed on the target. */
  readonly cells: number;
}

/** Cells that a run has changed, while it is at work. */
export interface IChanging {
  readonly runId: string;
  readonly cells: ReadonlySet<string>;
  readonly notebooks: ReadonlySet<string>;
  readonly added: number;
  readonly removed: number;
}

/** What was said before an earlier message was edited: it is no part of the conversation any more. */
export interface IEarlierEntry extends IEntryBase, IFork {
  readonly kind: 'earlier';
  readonly entries: readonly Entry[];
}

/** A stretch of the log that was left: the events behind `after` and before `until`. */
export interface IFork {
  readonly after: number;
  readonly until: number;
}

export interface IForkedEntry extends IEntryBase {
  readonly kind: 'forked';
  /** Session that the log up to here is of, and the name that it had. */
  readonly source: string;
  readonly name: string;
  /** Last event that both have. */
  readonly at: number;
}

export interface IImportedEntry extends IEntryBase {
  readonly kind: 'imported';
  readonly format: 'jsonl' | 'chat';
  readonly name: string;
}

/** Earlier parts in few words, for the model. */
export interface ISummaryEntry extends IEntryBase {
  readonly kind: 'summary';
  readonly text: string | Blob;
  readonly pinned: number;
  readonly tokens: { readonly before: number; readonly after: number };
}

/** What another session has found, as the model was given it. */
export interface IContextEntry extends IEntryBase {
  readonly kind: 'context';
  readonly upstream: string;
  readonly name: string;
  readonly keyResults: number;
  readonly decided: boolean;
  readonly text: string | Blob;
}

/** A result that was promoted here, with its title and view as they are now. */
export interface IKeyResultEntry extends IEntryBase {
  readonly kind: 'keyResult';
  /** The session that it belongs to: another one in what a fork shares. */
  readonly session: string;
  readonly data: KeyResultAddedData;
  readonly removed: boolean;
}

/** What was decided here. */
export interface IDispositionEntry extends IEntryBase {
  readonly kind: 'disposition';
  readonly session: string;
  readonly value: DispositionSetData['value'];
  readonly evidence: DispositionSetData['evidence'];
  readonly schema: DispositionSetData['json_schema'];
  readonly by: Disposition['decided_by'];
  /** Nothing else was decided since, as far as the log is loaded. */
  readonly current: boolean;
}

export type Entry =
  | IUserEntry
  | IAgentEntry
  | IReasoningEntry
  | ICallsEntry
  | IQuestionEntry
  | IFailureEntry
  | IInterruptedEntry
  | IStoppedEntry
  | ILimitEntry
  | IEndEntry
  | IEarlierEntry
  | IForkedEntry
  | IImportedEntry
  | ISummaryEntry
  | IContextEntry
  | IKeyResultEntry
  | IDispositionEntry
  | IUndoneEntry
  | ISwitchedEntry
  | IMergeEntry;

/** A message that waits for its turn. */
export interface IQueued {
  readonly runId: string;
  readonly text: string;
  readonly ts: string;
  /** It goes into the run that is at work, at its next step. */
  readonly steer: boolean;
}

/** The run that is going on. */
export interface IActiveRun {
  readonly id: string;
  readonly startedAt: string;
  readonly iteration: number;
  readonly limit: number | null;
  /** The user pressed Interrupt; `kernel` also for the cell. */
  readonly interrupt: { kernel: boolean } | null;
}
