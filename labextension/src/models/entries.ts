import type {
  CellExecutedData,
  Disposition,
  DispositionSetData,
  KeyResultAddedData,
  RunError,
  TerminalOutputData
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
}

export interface IUserEntry extends IEntryBase {
  readonly kind: 'user';
  readonly text: string;
}

export interface IAgentEntry extends IEntryBase {
  readonly kind: 'agent';
  readonly text: string;
  readonly streaming: boolean;
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

export interface ILimitEntry extends IEntryBase {
  readonly kind: 'limit';
  readonly iteration: number;
  readonly limit: number;
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
  | ILimitEntry
  | IKeyResultEntry
  | IDispositionEntry;

/** A message that waits for its turn. */
export interface IQueued {
  readonly runId: string;
  readonly text: string;
  readonly ts: string;
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
