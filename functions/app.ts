/** The application: `(Request) => Promise<Response>`. Lambda, the local server and the tests are three callers of it. */
import { readJson } from './body.ts';
import { allowOrigins } from './cors.ts';
import type { Handler, Invocation } from './handler.ts';
import { deleteThread } from './handlers/delete.ts';
import { history } from './handlers/history.ts';
import { invoke, start } from './handlers/invoke.ts';
import { ok } from './handlers/ok.ts';
import { resume } from './handlers/resume.ts';
import { state } from './handlers/state.ts';
import { thread } from './handlers/thread.ts';
import { reportProblem } from './log.ts';
import { type App, type AppOptions, readOptions } from './options.ts';
import { problemResponse } from './problems.ts';
import { matchRoute } from './routing.ts';
import type { RouteName } from './routes.ts';
import { fields, parse } from './schema.ts';

export type { Invocation } from './handler.ts';
export type { AppOptions, Limits, LogEntry, ServedGraph } from './options.ts';

export type Application = (request: Request, invocation?: Invocation) => Promise<Response>;

const handlers: Readonly<Record<RouteName, Handler>> = {
  ok,
  start,
  invoke,
  resume,
  thread,
  state,
  history,
  delete: deleteThread,
};

const noQuery = fields({});

/**
 * Never rejects: whatever fails becomes a problem response.
 * @throws HoldpointError `invalid_argument` for options that make no sense
 * @example
 * const app = createApp({ graphs: { refund }, checkpointer: () => new MemorySaver() });
 * const response = await app(new Request('http://localhost/ok'));
 */
export function createApp(options: AppOptions): Application {
  const app = readOptions(options);
  return async (request, invocation = {}) => {
    try {
      return allowOrigins(await dispatch(app, request, invocation));
    } catch (error) {
      return allowOrigins(problemResponse(reportProblem(error, { app, request, invocation })));
    }
  };
}

async function dispatch(app: App, request: Request, invocation: Invocation): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const { route, threadId } = matchRoute(request.method, pathname);
  const handler = handlers[route.name];
  const query = parse(handler.query ?? noQuery, Object.fromEntries(searchParams), 'query');
  const body = handler.body && parse(handler.body, await readJson(request, app.limits.bodyBytes), 'body');
  return handler.handle({ app, request, invocation, threadId, body, query });
}
