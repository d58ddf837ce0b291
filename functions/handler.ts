/** The one shape of a handler: the schemas of what it takes, then what it does with it. */
import type { App } from './options.ts';
import type { Schema } from './schema.ts';

/** What the platform knows of a request beyond the request itself. */
export interface Invocation {
  /** When the platform ends the invocation, in milliseconds since 1970. */
  readonly deadline?: number;
  /** Who calls, as the platform has verified it. */
  readonly identity?: string;
  /** Names the invocation in logs. */
  readonly requestId?: string;
  /** Takes work that goes on while the response is read. The platform must not end the invocation before it has settled. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

export interface Call<Body = unknown, Query = unknown> {
  readonly app: App;
  readonly request: Request;
  readonly invocation: Invocation;
  /** Empty on a route that names no thread. */
  readonly threadId: string;
  readonly body: Body;
  readonly query: Query;
}

export interface Handler<Body = unknown, Query = unknown> {
  /** Undefined: the body is not read. */
  readonly body?: Schema<Body>;
  /** Undefined: no parameters. */
  readonly query?: Schema<Query>;
  handle(call: Call<Body, Query>): Promise<Response> | Response;
}

/** Keeps the types of the schemas together with those of `handle`. */
export function handler<Body, Query>(definition: Handler<Body, Query>): Handler {
  return definition;
}
