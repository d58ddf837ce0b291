/** What an application is made of, its defaults, and what of it does not change from request to request. */
import type { Checkpointer } from '../core/checkpoint/checkpointer.ts';
import { HoldpointError, quote } from '../core/errors.ts';
import type { GraphSpec } from '../core/graph/spec.ts';

/** A compiled graph. Its own checkpointer, if it has one, is not used. */
export interface ServedGraph {
  readonly spec: GraphSpec;
}

export interface Limits {
  /** Of a request's body. Lambda takes 6 MB, its envelope included. @default 5_000_000 */
  readonly bodyBytes: number;
  /** How long a run may take when the invocation has no deadline. @default 60_000 */
  readonly runMs: number;
  /** Before the deadline, a run stops at the next superstep boundary and is saved: time for the store's retries. @default 5_000 */
  readonly reserveMs: number;
  /** After the deadline, the claim of a run that was cut off still stands: room for clocks that differ. @default 10_000 */
  readonly marginMs: number;
  /** A run whose answer is not streamed stops so early that API Gateway does not cut the silent connection (5 minutes). @default 270_000 */
  readonly silentMs: number;
  /** A stream says something at least this often. @default 15_000 */
  readonly heartbeatMs: number;
  /** Entries of a history page at most. @default 100 */
  readonly historyPage: number;
}

export interface AppOptions {
  /** The graphs that are served, by the names that clients use. */
  readonly graphs: Readonly<Record<string, ServedGraph>>;
  /** Where a tenant's threads are kept. */
  readonly checkpointer: (tenant: string) => Checkpointer;
  /**
   * Accept `{ "resume": answer }` that names neither a question nor a checkpoint. A retried request then answers the next question.
   * @default false
   */
  readonly allowBareResume?: boolean;
  readonly limits?: Partial<Limits>;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** A new unique id for a thread or a run. @default crypto.randomUUID */
  readonly newId?: () => string;
  /** Calls back once after a while, unless cancelled. @default setTimeout */
  readonly after?: After;
  /** Takes what operators want to know: runs that failed, errors that nobody foresaw. @default console.error, as one line of JSON */
  readonly log?: (entry: LogEntry) => void;
}

export type Cancel = () => void;

export type After = (ms: number, callback: () => void) => Cancel;

export interface LogEntry {
  readonly level: 'error';
  readonly code: string;
  readonly message: string;
  readonly request: string;
  readonly requestId?: string;
  readonly stack?: string;
}

export interface App extends Required<Omit<AppOptions, 'graphs' | 'limits'>> {
  readonly graphs: ReadonlyMap<string, GraphSpec>;
  readonly limits: Limits;
}

const DEFAULT_LIMITS: Limits = {
  bodyBytes: 5_000_000,
  runMs: 60_000,
  reserveMs: 5_000,
  marginMs: 10_000,
  silentMs: 270_000,
  heartbeatMs: 15_000,
  historyPage: 100,
};

/** @throws HoldpointError `invalid_argument` */
export function readOptions(options: AppOptions): App {
  const entries = Object.entries(options.graphs);
  if (entries.length === 0)
    throw new HoldpointError('invalid_argument', 'createApp: "graphs" is empty. Give it at least one graph.');
  for (const [name, graph] of entries) {
    if (!/^[\w.-]{1,128}$/.test(name)) {
      throw new HoldpointError(
        'invalid_argument',
        `createApp: graph name ${quote(name)} may have letters, digits and _ . - only.`,
      );
    }
    if (!graph?.spec)
      throw new HoldpointError('invalid_argument', `createApp: graph "${name}" is not compiled. Call compile() on it.`);
  }
  return {
    graphs: new Map(entries.map(([name, { spec }]) => [name, spec])),
    checkpointer: options.checkpointer,
    allowBareResume: options.allowBareResume ?? false,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    now: options.now ?? Date.now,
    newId: options.newId ?? (() => crypto.randomUUID()),
    after: options.after ?? afterTimeout,
    log: options.log ?? logLine,
  };
}

function afterTimeout(ms: number, callback: () => void): Cancel {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

function logLine(entry: LogEntry): void {
  // eslint-disable-next-line no-console -- the one place where the application writes its log
  console.error(JSON.stringify(entry));
}
