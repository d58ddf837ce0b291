/**
 * Runs what was begun, and responds: in one piece, or as server-sent events.
 *
 * - H1 A refusal is a problem response, also of a stream: headers are sent when the run is on its way.
 * - H2 After that a failure is an `error` event, and the stream ends as any other.
 * - H3 The run is awaited by the response, or by `waitUntil`: it never outlives the invocation. A client that goes away does not end it.
 */
import type { RunEnd } from '../core/engine/outcome.ts';
import { listenerOf, type StreamMode } from '../core/engine/stream.ts';
import { answerOf, jsonResponse } from './answer.ts';
import { EventStream } from './event-stream.ts';
import type { Begun } from './execute.ts';
import type { Call } from './handler.ts';
import { REPLAYED } from './idempotency-key.ts';
import { reportProblem } from './log.ts';
import { problemBody } from './problems.ts';
import { type RunFields, streamModesOf } from './run-fields.ts';

type Where = Pick<Call, 'app' | 'request' | 'invocation'>;

/** Whether the client asks for server-sent events. */
export function wantsStream(request: Request): boolean {
  const types = (request.headers.get('accept') ?? '').split(',').map((type) => type.trim().toLowerCase());
  return types.some((type) => /^text\/event-stream\s*(;|$)/.test(type) && !/;\s*q=0(\.0*)?\s*(;|$)/.test(type));
}

export async function respond(where: Where, begun: Begun, fields: RunFields): Promise<Response> {
  if (wantsStream(where.request)) return streamed(where, begun, streamModesOf(fields));
  const answer = answerOf(begun, await begun.run({ silent: true }));
  return replayable(begun, jsonResponse(answer, answer.checkpoint_id));
}

async function streamed(where: Where, begun: Begun, modes: readonly StreamMode[]): Promise<Response> {
  const { app, invocation } = where;
  const { threadId, runId } = begun;
  const events = new EventStream({ heartbeatMs: app.limits.heartbeatMs, after: app.after });
  events.send('metadata', { thread_id: threadId, run_id: runId });

  const listen = listenerOf({ modes, subgraphs: false, now: app.now }, (mode, chunk) => events.send(mode, chunk));
  let run!: Promise<RunEnd>;
  const onItsWay = new Promise<boolean>((resolve) => {
    run = begun.run({ listen, silent: false, onAccepted: () => resolve(true) });
    run.then(
      () => resolve(true),
      () => resolve(false),
    );
  });
  const finish = async (): Promise<void> => {
    try {
      events.send('result', answerOf(begun, await run));
    } catch (error) {
      if (await onItsWay) events.send('error', problemBody(reportProblem(error, where)));
    } finally {
      events.end();
    }
  };
  const finished = finish();
  invocation.waitUntil?.(finished);
  if (!(await onItsWay)) await run; // H1
  const response = new Response(events.body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' },
  });
  return replayable(begun, response);
}

function replayable({ replayed }: Begun, response: Response): Response {
  if (replayed) for (const [name, value] of Object.entries(REPLAYED)) response.headers.set(name, value);
  return response;
}
