/**
 * LangChain's callback handlers, met by shape: a handler is any object with these methods, and a list of them is all that a run needs.
 *
 * - B1 What runs inside a run is told as a part of it, whatever config it was called with: that run is its parent, and its tags and metadata
 *   are among its own.
 * - B2 Handlers are awaited, so that nothing is left running. What one throws is dropped, unless it says `raiseError`.
 */
import { hash128 } from '../hash.ts';

export type Handler = Readonly<Record<PropertyKey, unknown>>;

/** A run that others run inside of. */
export interface Around {
  readonly runId?: string | undefined;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** LangChain's list of handlers that knows what runs around. */
interface CallbackManager {
  readonly handlers: readonly Handler[];
  /** Of the run that it is given to; the inheritable ones are of the runs inside it too. */
  readonly tags?: readonly string[];
  readonly inheritableTags?: readonly string[];
  readonly inheritableMetadata?: Around['metadata'];
  getParentRunId?(): string | undefined;
}

export function handlersOf(callbacks: readonly Handler[] | CallbackManager): readonly Handler[] {
  if (!('handlers' in callbacks)) return callbacks;
  const { handlers, inheritableTags = [], inheritableMetadata = {} } = callbacks;
  return linked(handlers, {
    runId: callbacks.getParentRunId?.(),
    tags: inheritableTags,
    metadata: inheritableMetadata,
  });
}

/** The tags of a run that is given these callbacks, and called with `tags`. */
export function tagsOf(callbacks: readonly Handler[] | CallbackManager, tags: readonly string[]): readonly string[] {
  return 'handlers' in callbacks ? joined(callbacks.tags ?? [], tags) : tags;
}

const links = new WeakMap<object, { readonly handler: Handler; readonly around: Around }>();

/** B1. A handler that is linked already is linked to the run that is further in. */
export function linked(handlers: readonly Handler[], around: Around): readonly Handler[] {
  return handlers.map((given) => {
    const before = links.get(given);
    const link = before
      ? { handler: before.handler, around: within(before.around, around) }
      : { handler: given, around };
    const proxy = new Proxy(link.handler, linking(link.around));
    links.set(proxy, link);
    return proxy;
  });
}

function within(outer: Around, inner: Around): Around {
  return {
    runId: inner.runId ?? outer.runId,
    tags: joined(outer.tags, inner.tags),
    metadata: { ...outer.metadata, ...inner.metadata },
  };
}

function joined(first: readonly string[], then: readonly string[]): readonly string[] {
  const more = first.filter((tag) => !then.includes(tag));
  return more.length > 0 ? [...more, ...then] : then;
}

/** Where a method takes these. */
interface Places {
  readonly parent?: number;
  readonly tags: number;
  readonly metadata?: number;
}

const PLACES: readonly (readonly [methods: RegExp, Places])[] = [
  // A tracer is first asked to make a run of it.
  [/^(handle|_createRunFor)(Chain|Tool|Retriever)Start$/, { parent: 3, tags: 4, metadata: 5 }],
  [/^(handle|_createRunFor)(LLM|ChatModel)Start$/, { parent: 3, tags: 5, metadata: 6 }],
  [/^handle((Chain|Tool|Retriever|LLM)(End|Error)|ToolEvent|Text|AgentAction|AgentEnd)$/, { parent: 2, tags: 3 }],
  [/^handleLLMNewToken$/, { parent: 3, tags: 4 }],
  [/^handleCustomEvent$/, { tags: 3, metadata: 4 }],
];

/** Handlers as what runs inside a run calls them. */
function linking(around: Around): ProxyHandler<Handler> {
  return {
    get: (handler, key) => {
      const value = handler[key];
      if (typeof value !== 'function' || key === 'constructor') return value;
      const [, places] = PLACES.find(([methods]) => methods.test(String(key))) ?? [];
      return (...args: unknown[]): unknown =>
        value.apply(handler, places ? complete(args, places, around) : args) as unknown;
    },
  };
}

function complete(args: unknown[], { parent, tags, metadata }: Places, around: Around): unknown[] {
  if (parent !== undefined) args[parent] ??= around.runId;
  args[tags] = joined(around.tags, (args[tags] as string[] | undefined) ?? []);
  if (metadata !== undefined) args[metadata] = { ...around.metadata, ...(args[metadata] as object | undefined) };
  return args;
}

/** B2 */
export async function callHandlers(
  handlers: readonly Handler[],
  method: string,
  args: readonly unknown[],
  hears: (handler: Handler) => unknown = ({ ignoreChain }) => !ignoreChain,
): Promise<void> {
  for (const handler of handlers) {
    const handle = handler[method];
    if (typeof handle !== 'function' || !hears(handler)) continue;
    try {
      await handle.call(handler, ...args);
    } catch (error) {
      if (handler['raiseError']) throw error;
    }
  }
}

/** Of what runs inside a run: the same whenever it is asked for. */
export function runIdWithin(handlers: readonly Handler[], name: string): string {
  const around = handlers.map((handler) => links.get(handler)?.around.runId).find((id) => id !== undefined);
  const digits = hash128(`${around}|${name}`);
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-8$3-8$4-$5');
}
