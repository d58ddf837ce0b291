/**
 * One run, from its claim to its commit. Decisions are made elsewhere (accept, plan); here they meet the checkpointer.
 *
 * - R1 Every path out of a run ends its claim: a commit, a release, or when the store fails a lapse. When that fails too, the claim expires.
 * - R2 A run that ends in a refusal leaves thread and question as they were; only siblings that finished meanwhile are kept.
 */
import { type Checkpoint, type Frame, pendingQuestions } from '../checkpoint/checkpoint.ts';
import type { Checkpointer, Claim, RunRequest } from '../checkpoint/checkpointer.ts';
import { type Clock, isoTime, systemClock } from '../clock.ts';
import type { RunnableConfig } from '../config.ts';
import { GraphChanged } from '../errors.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { answeredBy } from './answered.ts';
import { begin, type Beginning, changesNothing } from './beginning.ts';
import { calledWith } from './called.ts';
import { limited } from './cancel.ts';
import type { Listener } from './events.ts';
import { claimIsGone, Journal } from './journal.ts';
import { Live } from './live.ts';
import { type LoopEnd, runLoop, standsAtStop } from './loop.ts';
import { failureOf, type RunEnd, shown } from './outcome.ts';
import { parseContext, parseRequest } from './parse.ts';
import { visibleChannels } from './plan.ts';
import { readState } from './state.ts';
import { listenTo, sharedConfig } from './runtime.ts';
import { atRoot, type Scope } from './scope.ts';
import { shapeOf } from './shape.ts';
import { checkpointTeller, tellInterrupts } from './tell.ts';
import { storedFrame } from './transient.ts';

interface Store {
  readonly checkpointer: Checkpointer;
  readonly claim: Claim;
}

export interface RunOptions {
  readonly graph: GraphSpec;
  readonly request: RunRequest;
  readonly runId: string;
  readonly config: RunnableConfig;
  /** Where the thread is stored, and the claim on it. Undefined: the run keeps nothing. */
  readonly store: Store | undefined;
  readonly listen?: Listener | undefined;
  /** Called before the run goes on from a checkpoint. */
  readonly resumed?: ((checkpointId: string) => Promise<void>) | undefined;
  /** Whether to stop at the next superstep boundary. @default never */
  readonly draining?: (() => boolean) | undefined;
  readonly now: () => number;
  /** @default a timer of the platform */
  readonly sleep?: Clock['sleep'] | undefined;
}

/** @throws HoldpointError refusals (the thread is untouched), `claim_lost`, `store_unavailable` */
export async function run(options: RunOptions): Promise<RunEnd> {
  try {
    return await runClaimed(options);
  } catch (error) {
    if (claimIsGone(error)) await options.store?.claim.lapse().catch(() => undefined); // the error that led here says more
    throw error;
  }
}

async function runClaimed(given: RunOptions): Promise<RunEnd> {
  const { store } = given;
  // A take-over runs as the request that was accepted said.
  const asked = store?.claim.tookOver === undefined ? given.config : { ...given.config, ...given.request.config };
  const config = listenTo(asked, given.listen);
  let options = { ...given, config };
  let begun: Beginning;
  try {
    if (options.graph.input || options.graph.contextSchema) options = await parsed(options);
    begun = await begin(options);
  } catch (error) {
    await store?.claim.release();
    throw error;
  }
  const { base, accepted } = begun;
  const { request, graph } = options;
  const incarnation = store?.claim.incarnation ?? options.runId;
  const journal = new Journal({
    claim: store?.claim,
    runId: options.runId,
    incarnation,
    durability: config.durability ?? 'async',
    metadata: config.metadata ?? base?.metadata ?? {},
    ...calledWith(request, base),
    shape: shapeOf(graph),
    answered: answeredBy(request, base, () => isoTime(options.now())),
    base,
    stored: (frame) => storedFrame(graph, frame),
    now: options.now,
  });
  let refused: unknown;
  try {
    const end = await drive(options, begun, journal, incarnation);
    if (end.end === 'refused') {
      // A take-over that this deployment cannot run leaves what was accepted for one that can.
      if (end.error instanceof GraphChanged && store?.claim.tookOver !== undefined) await store.claim.release();
      else await reopen(options, journal, base, end);
      refused = end.error;
      throw refused;
    }
    if (base && end.end === 'done' && changesNothing(options, begun)) {
      await store?.claim.release();
      return result(options, begun, base, end.frame, end);
    }
    const source = end.frame.planned === accepted.frame.planned ? (accepted.source ?? 'loop') : 'loop';
    const failure = end.end === 'failed' ? failureOf(store?.checkpointer, end.error, end.frame) : undefined;
    const checkpoint = await journal.finish(end.frame, source, STATUS[end.end], failure);
    return result(options, begun, checkpoint, end.frame, end);
  } catch (error) {
    if (error === refused || claimIsGone(error)) throw error;
    const checkpoint = await giveUp(options, journal, begun, error);
    return result(options, begun, checkpoint, checkpoint.frame, { end: 'failed', error });
  }
}

/** What schemas make of the request and of its context. @throws SchemaError */
async function parsed<Options extends RunOptions>(options: Options): Promise<Options> {
  const { graph } = options;
  const config = await parseContext(graph, options.config);
  return { ...options, config, request: await parseRequest(graph, options.request) };
}

/** What cannot be saved is left out: the thread stands at the last frame that could be, or as it was found. @throws the error itself then */
async function giveUp(
  { store }: RunOptions,
  journal: Journal,
  { accepted }: Beginning,
  error: unknown,
): Promise<Checkpoint> {
  const frame = journal.savedFrame ?? accepted.frame;
  try {
    const failure = failureOf(store?.checkpointer, error, frame);
    return await journal.finish(frame, accepted.source ?? 'loop', 'error', failure);
  } catch (again) {
    if (claimIsGone(again)) throw again;
    await store?.claim.release();
    throw error;
  }
}

const STATUS = {
  done: 'done',
  interrupted: 'interrupted',
  breakpoint: 'paused',
  drained: 'paused',
  failed: 'error',
} as const;

async function drive(
  options: RunOptions,
  { base, accepted, lastStep }: Beginning,
  journal: Journal,
  incarnation: string,
): Promise<LoopEnd> {
  const { graph, config, store, listen, request } = options;
  const { frame, source, fresh } = accepted;
  if (source && !fresh) await journal.save(frame, source);
  const ns = atRoot();
  const live = journal.savesSupersteps ? new Live() : undefined;
  const idOf = (planned: number): string => journal.idOf(planned);
  const sleep = options.sleep ?? systemClock.sleep;
  const { cancel, end: endLimit } = limited(undefined, config, sleep);
  const ended = (error: unknown): never => {
    if (claimIsGone(error)) cancel.abort(error); // D6
    throw error;
  };
  const scope: Scope = {
    graph,
    nested: false,
    identity: { threadId: store?.claim.threadId ?? '', incarnation },
    config,
    shared: sharedConfig(graph, config, (chunk) => listen?.custom?.({ ns, chunk })),
    ns: atRoot,
    cancel,
    lastStep,
    check: store && ((value, where) => store.checkpointer.check(value, where)),
    cache: graph.cache,
    listen,
    toldAs: atRoot,
    boundary: (next) => {
      fresh?.clear();
      return next.next.length > 0 ? journal.save(next, 'loop') : undefined;
    },
    live,
    within:
      live &&
      ((context) => {
        if (!live.tell(context) || fresh?.size) return;
        const first = context.frame.planned === frame.planned;
        return journal.saveWithin(() => live.frame, first ? (source ?? 'loop') : 'loop').catch(ended);
      }),
    keep: live && ((one) => journal.keep(one).catch(ended)),
    tookOver: store?.claim.tookOver !== undefined,
    fresh,
    checkpointId: idOf,
    now: options.now,
    sleep,
    draining: () => config.control?.drainRequested === true || (options.draining?.() ?? false),
  };
  if (request.kind !== 'input' && base) await options.resumed?.(base.id);
  const tellCheckpoint = checkpointTeller(scope, idOf, base);
  if (request.kind !== 'input') listen?.values?.({ ns, values: readState(graph, frame.channels) });
  // As it was found: before what was answered.
  tellCheckpoint?.(source || !base ? frame : { ...frame, tasks: base.frame.tasks }, source);
  const goingOn = request.kind !== 'input' && standsAtStop(scope, frame);
  const end = await runLoop(scope, frame, goingOn, tellCheckpoint);
  endLimit();
  return end;
}

/** R2 */
async function reopen(
  options: RunOptions,
  journal: Journal,
  base: Checkpoint | undefined,
  { frame: after, error }: LoopEnd & { end: 'refused' },
): Promise<void> {
  const finished = [...after.tasks].filter(([path, { result }]) => result && !base?.frame.tasks.get(path)?.result);
  if (!base || finished.length === 0 || base.frame.planned !== after.planned) {
    await options.store?.claim.reopen();
    return;
  }
  const frame = { ...base.frame, tasks: new Map([...base.frame.tasks, ...finished]) };
  const failure = { ...failureOf(options.store?.checkpointer, error, frame)!, refused: true } as const;
  await journal.finish(frame, base.source, 'interrupted', failure);
}

type Ending =
  | { readonly end: 'failed'; readonly error: unknown }
  | { readonly end: Exclude<keyof typeof STATUS, 'failed'>; readonly at?: RunEnd['breakpoint'] };

/** @param frame as the run left it: the checkpoint lacks what is never saved */
function result(
  { graph, runId, listen, store, request }: RunOptions,
  begun: Beginning,
  checkpoint: Checkpoint,
  frame: Frame,
  ending: Ending,
): RunEnd {
  const { end } = ending;
  // Nobody is asked in vain: not while what was written cannot be applied.
  const failed = end === 'failed' && [...frame.tasks.values()].some(({ error }) => error);
  const asks = failed && pendingQuestions(frame).length > 0;
  if (listen && (asks || end === 'interrupted' || end === 'breakpoint')) {
    tellInterrupts(listen, frame, {
      threadId: store?.claim.threadId ?? '',
      incarnation: checkpoint.incarnation,
    });
  }
  const channels = visibleChannels(graph, frame, checkpoint.version);
  const seen = shown(graph, frame, channels);
  const wrote = (name: string): boolean => (channels.get(name)?.version ?? 0) >= begun.accepted.frame.planned;
  return {
    status: STATUS[end],
    runId,
    checkpoint,
    ...seen,
    told: request.kind !== 'input' || Object.keys(Object(seen.values)).some(wrote),
    ...(end === 'failed' ? { error: ending.error } : end !== 'done' && { stopped: end, breakpoint: ending.at }),
  };
}
