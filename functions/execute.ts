/**
 * From a request to a run: the claim, the graph, the deadline.
 *
 * - X1 The claim expires after the invocation's deadline plus a margin: a run that was cut off holds its thread no longer than that.
 * - X2 A run stops at a superstep boundary while there is time to save it, and can be continued.
 * - X3 What a thread was started with is stored with it: graph, configurable and context of later calls only add to it.
 */
import type { Origin } from '../core/checkpoint/checkpoint.ts';
import type { Claim, RequestConfig, RunRequest, ThreadStatus } from '../core/checkpoint/checkpointer.ts';
import type { Idempotency } from '../core/checkpoint/idempotency.ts';
import type { RunnableConfig } from '../core/config.ts';
import type { Listener } from '../core/engine/events.ts';
import { calledWith } from '../core/engine/called.ts';
import { openRun } from '../core/engine/open.ts';
import { endOf, type RunEnd } from '../core/engine/outcome.ts';
import { withConfig } from '../core/engine/request.ts';
import { run } from '../core/engine/run.ts';
import { HoldpointError } from '../core/errors.ts';
import type { GraphSpec } from '../core/graph/spec.ts';
import type { Call } from './handler.ts';
import { REPLAYED } from './idempotency-key.ts';
import type { App } from './options.ts';
import { Problem } from './problems.ts';
import type { RunFields } from './run-fields.ts';
import { findGraph } from './served.ts';
import { tenantOf } from './tenant.ts';

/** What is to be run, once the claim is there. */
export interface Order {
  readonly threadId: string;
  readonly idempotency?: Idempotency | undefined;
  readonly request: RunRequest;
  readonly fields: RunFields;
  /** As in ClaimRequest. */
  readonly newest?: string;
  readonly refusePending?: boolean;
  readonly fresh?: boolean;
}

export interface RunHooks {
  readonly listen?: Listener;
  /** The request was accepted: the run begins, or ends without a node. */
  readonly onAccepted?: () => void;
  /** Nothing is sent until the run has ended. */
  readonly silent: boolean;
}

/** A run that holds its claim and has not begun. */
export interface Begun {
  readonly threadId: string;
  readonly runId: string;
  /** It has ended before: the request was carried out already. */
  readonly replayed?: true;
  run(hooks: RunHooks): Promise<RunEnd>;
}

type Where = Pick<Call, 'app' | 'request' | 'invocation'>;

/** @throws HoldpointError what the claim refuses; Problem `unknown_graph` */
export async function begin({ app, request: http, invocation }: Where, order: Order): Promise<Begun> {
  const { threadId, fields, newest, refusePending, fresh } = order;
  const { graph } = fields;
  const { idempotency } = order;
  const request = withConfig({ ...order.request, ...(idempotency && { idempotency }) }, runConfigOf(fields));
  if (graph !== undefined) findGraph(app, graph);
  const checkpointer = app.checkpointer(tenantOf(http));
  const started = app.now();
  const deadline = invocation.deadline ?? started + app.limits.runMs;
  const runId = app.newId();
  const claim = await openRun(checkpointer, threadId, {
    runId,
    now: started,
    expiresAt: deadline + app.limits.marginMs,
    request,
    ...(graph !== undefined && { graph }),
    ...(newest !== undefined && { newest }),
    ...(refusePending && { refusePending }),
    ...(fresh && { fresh }),
  });
  const accepted = claim.request ?? request;
  const spec = await graphOf(app, claim, accepted, graph);
  if (claim.outcome) return replay(spec, claim, claim.outcome);
  const config = configOf(claim, accepted, fields);
  return {
    threadId,
    runId,
    run: ({ listen, onAccepted, silent }) => {
      const drainAt = drainTime(app, started, deadline, silent);
      const draining = (): boolean => {
        onAccepted?.();
        return app.now() >= drainAt;
      };
      return run({
        graph: spec,
        request: accepted,
        runId,
        config,
        store: { checkpointer, claim },
        listen,
        draining,
        now: app.now,
      });
    },
  };
}

/** The first outcome (C5), told as it was then. */
function replay(graph: GraphSpec, { threadId, runId, checkpoint }: Claim, outcome: ThreadStatus): Begun {
  return {
    threadId,
    runId,
    replayed: true,
    run: async ({ onAccepted }) => {
      try {
        return endOf(graph, checkpoint!, outcome);
      } catch (error) {
        if (!(error instanceof HoldpointError)) throw error;
        throw new Problem(error.code, error.message, error.details, { headers: REPLAYED, cause: error });
      } finally {
        onAccepted?.();
      }
    },
  };
}

/** What a request says of a thread's origin. @param graph the thread's, if this request may start it */
export function originOf({ config, context }: RunFields, graph?: string): Origin | undefined {
  const origin = {
    ...(graph !== undefined && { graph }),
    ...(config?.configurable && { configurable: config.configurable }),
    ...(context !== undefined && { context }),
  };
  return Object.keys(origin).length > 0 ? origin : undefined;
}

async function graphOf(app: App, claim: Claim, request: RunRequest, wanted: string | undefined): Promise<GraphSpec> {
  const known = claim.checkpoint?.origin.graph;
  try {
    return findGraph(
      app,
      known ?? requestOrigin(request).graph ?? wanted,
      known === undefined ? undefined : claim.threadId,
    );
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** X3 */
function configOf(claim: Claim, request: RunRequest, fields: RunFields): RunnableConfig {
  const { config = {}, context } = fields;
  const { origin, called } = calledWith(request, claim.checkpoint);
  const { configurable } = config;
  const given = context ?? called?.context ?? origin.context;
  return {
    configurable: { ...origin.configurable, ...called?.configurable, ...configurable, thread_id: claim.threadId },
    durability: 'exit',
    ...(given !== undefined && { context: given }),
    ...runConfigOf(fields),
  };
}

/** What is recorded with the claim, so that a take-over stops where this run would have. */
function runConfigOf(fields: RunFields): RequestConfig {
  const { config = {}, interrupt_before: before, interrupt_after: after, durability } = fields;
  const { metadata, recursion_limit: recursionLimit, tags } = config;
  return {
    ...(before && { interruptBefore: before }),
    ...(after && { interruptAfter: after }),
    ...(metadata && { metadata }),
    ...(recursionLimit !== undefined && { recursionLimit }),
    ...(durability && { durability }),
    ...(tags && { tags }),
  };
}

function requestOrigin(request: RunRequest): Origin {
  return request.kind === 'continue' ? {} : (request.origin ?? {});
}

/** X2 */
function drainTime({ limits }: App, started: number, deadline: number, silent: boolean): number {
  const reserve = Math.min(limits.reserveMs, (deadline - started) / 5);
  return Math.min(deadline - reserve, silent ? started + limits.silentMs : Number.POSITIVE_INFINITY);
}
