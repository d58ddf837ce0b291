/** From a call of a compiled graph to a run, a look or an update of the thread that its config names. */
import type { Checkpointer } from '../checkpoint/checkpointer.ts';
import { foreignSaver, unknownCheckpoint } from '../checkpoint/refusals.ts';
import { systemClock } from '../clock.ts';
import { type RunnableConfig, type ThreadConfig, threadConfig } from '../config.ts';
import { RunControl } from '../control.ts';
import { Chain, traced } from '../engine/chain.ts';
import type { TaskContext } from '../engine/context.ts';
import { currentTask } from '../engine/current.ts';
import type { Listener } from '../engine/events.ts';
import { snapshotLoaded, snapshotsOf } from '../engine/history.ts';
import type { Update } from '../engine/make.ts';
import { namespacesTo } from '../engine/namespace.ts';
import { openRun } from '../engine/open.ts';
import type { RunEnd } from '../engine/outcome.ts';
import { readRequest, withConfig } from '../engine/request.ts';
import { run, type RunOptions } from '../engine/run.ts';
import { emptySnapshot, type StateSnapshot } from '../engine/snapshot.ts';
import { updateThread } from '../engine/update.ts';
import { EmptyInputError, GraphValueError } from '../errors.ts';
import { GraphDrained } from '../signals.ts';
import type { CompileOptions } from './options.ts';
import type { GraphSpec } from './spec.ts';

const DEFAULT_CLAIM_MS = 900_000;

/** What a config names: a thread, a graph in it, a checkpoint of it. */
export interface Named {
  readonly threadId: string;
  readonly checkpointer: Checkpointer;
  /** Empty at the root. */
  readonly ns: string;
  readonly at: string | undefined;
}

/** @throws HoldpointError `invalid_argument` for one of LangGraph's */
export function checkSaver(checkpointer: CompileOptions['checkpointer']): void {
  const fits = !checkpointer || checkpointer === true || typeof checkpointer.claim === 'function';
  if (!fits) throw foreignSaver('compile({ checkpointer })');
}

/** @throws GraphValueError `missing_checkpointer`, `missing_thread_id` */
export function namedBy({ configurable }: RunnableConfig, { checkpointer }: CompileOptions): Named {
  if (checkpointer === true) {
    throw new GraphValueError(
      'checkpointer: true cannot be used for root graphs. Pass a checkpointer.',
      'missing_checkpointer',
    );
  }
  if (!checkpointer) {
    throw new GraphValueError('No checkpointer set. Compile with { checkpointer }.', 'missing_checkpointer');
  }
  const { thread_id: threadId, checkpoint_ns: ns = '', checkpoint_id: at } = configurable ?? {};
  if (typeof threadId !== 'string' || threadId === '') {
    throw new GraphValueError(
      'The config is missing a required "thread_id" field in its "configurable" property. The checkpointer needs it to know the thread: pass { configurable: { thread_id: "…" } }.',
      'missing_thread_id',
    );
  }
  return { threadId, checkpointer, ns, at };
}

/** The task that a call is made from, unless the call names a thread of its own. */
export function taskAround(config: RunnableConfig, { checkpointer }: CompileOptions): TaskContext | undefined {
  const around = currentTask();
  if (config === around?.config) return around;
  const threadId = config.configurable?.thread_id;
  const same = threadId === undefined || threadId === around?.config.configurable?.thread_id;
  return same || typeof checkpointer !== 'object' ? around : undefined;
}

/** @throws what a node threw; GraphDrained when `config.control` stopped the run; HoldpointError refusals */
export async function callRun(
  graph: GraphSpec,
  options: CompileOptions,
  input: unknown,
  given: RunnableConfig,
  listen?: Listener,
  draining?: () => boolean,
): Promise<RunEnd> {
  const told = traced(given.callbacks);
  if (!told) return await runToEnd(graph, options, input, given, { listen, draining });
  const called = { ...given, callbacks: told };
  const chain = await Chain.ofGraph(graph.name, input, called, () => given.runId ?? newId(options));
  const config = { ...given, callbacks: chain.callbacks };
  const resumed = (checkpointId: string): Promise<void> =>
    chain.tell('handleResume', { status: 'pending', checkpointId, checkpointNs: [] });
  return chain.around(
    async () => {
      const end = await runToEnd(graph, options, input, config, { listen, draining, resumed });
      const { stopped, breakpoint, checkpoint, interrupts } = end;
      if (stopped && stopped !== 'drained') {
        const status = breakpoint ? (`interrupt_${breakpoint}` as const) : ('pending' as const);
        const about = { status, checkpointId: checkpoint.id, checkpointNs: [], interrupts };
        await chain.tell('handleInterrupt', about);
      }
      return end;
    },
    ({ values }) => values,
  );
}

type Told = Pick<RunOptions, 'listen' | 'resumed' | 'draining'>;

async function runToEnd(
  graph: GraphSpec,
  options: CompileOptions,
  input: unknown,
  given: RunnableConfig,
  told: Told,
): Promise<RunEnd> {
  const control = given.control ?? new RunControl();
  const end = await startRun(graph, options, input, { ...given, control }, told);
  if ('error' in end) throw end.error;
  const { drainReason } = control;
  if (end.stopped === 'drained' && drainReason !== undefined) throw new GraphDrained(drainReason);
  return end;
}

async function startRun(
  graph: GraphSpec,
  options: CompileOptions,
  input: unknown,
  config: RunnableConfig,
  told: Told,
): Promise<RunEnd> {
  const request = withConfig(readRequest(input, undefined, config.configurable?.checkpoint_id), config);
  const runId = newId(options);
  config.signal?.throwIfAborted();
  const { sleep } = options;
  const common = { graph, runId, config, ...told, now: () => nowOf(options), sleep };
  if (!options.checkpointer) {
    if (request.kind === 'continue') throw new EmptyInputError('There is nothing to continue without a checkpointer.');
    if (request.kind === 'command' && (request.command.resume || request.command.answers)) {
      throw new GraphValueError('Cannot use Command(resume=...) without checkpointer.', 'missing_checkpointer');
    }
    return await run({ ...common, request, store: undefined });
  }
  const { threadId, checkpointer } = namedBy(config, options);
  const recorded = graph.transient?.request(request) ?? request;
  const claim = await openRun(checkpointer, threadId, { request: recorded, ...claimFor(options, runId) });
  const own = recorded !== request && claim.tookOver === undefined;
  return await run({ request: own ? request : (claim.request ?? request), store: { checkpointer, claim }, ...common });
}

/** The thread's newest state, or that of the checkpoint that is named. */
export async function callState(
  graph: GraphSpec,
  { threadId, checkpointer, ns, at }: Named,
  config: RunnableConfig,
  subgraphs: boolean,
): Promise<StateSnapshot> {
  let snapshot: StateSnapshot | undefined;
  if (ns !== '' && at === undefined) {
    const newest = snapshotsOf(graph, checkpointer, threadId, { ns, limit: 1, subgraphs });
    snapshot = (await newest.next()).value as StateSnapshot | undefined;
  } else {
    const loaded = await checkpointer.load(threadId, at);
    if (loaded && at !== undefined && !loaded.checkpoint) throw unknownCheckpoint(threadId, at);
    snapshot = loaded && (await snapshotLoaded(graph, checkpointer, threadId, loaded, { at, ns, subgraphs }));
  }
  return snapshot ?? emptySnapshot({ configurable: { ...config.configurable } } as ThreadConfig);
}

/** @returns the config that names the new checkpoint */
export async function callUpdate(
  graph: GraphSpec,
  options: CompileOptions,
  { checkpointer, ...named }: Named,
  supersteps: readonly (readonly Update[])[],
  metadata: RunnableConfig['metadata'],
): Promise<ThreadConfig> {
  const { threadId, ns } = named;
  const { now: _, ...claim } = claimFor(options, newId(options));
  const id = await updateThread(graph, checkpointer, {
    ...named,
    ...claim,
    supersteps,
    metadata,
    now: () => nowOf(options),
  });
  const map = Object.fromEntries(namespacesTo(ns).map((name) => [name, id]));
  return threadConfig(threadId, id, ns, ns === '' ? undefined : map);
}

function claimFor(options: CompileOptions, runId: string): { runId: string; now: number; expiresAt: number } {
  const now = nowOf(options);
  return { runId, now, expiresAt: now + (options.claimMs ?? DEFAULT_CLAIM_MS) };
}

export function nowOf(options: CompileOptions): number {
  return options.now?.() ?? systemClock.now();
}

function newId(options: CompileOptions): string {
  return options.newId?.() ?? crypto.randomUUID();
}
