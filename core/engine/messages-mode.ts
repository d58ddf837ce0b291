/**
 * The stream mode `messages`: tokens of the LangChain models that nodes call, and whole messages that nodes return. All of LangChain is met by
 * shape: a callback handler is any object with these methods.
 *
 * - M1 A message is told once: token by token, under one id, or whole when its node returns it. What a node was given is not told again.
 * - M2 A model that is tagged `nostream` is not heard, nor is what a graph inside of a node hands over to the graph around.
 */
import { END } from '../constants.ts';
import { isObject } from '../objects.ts';
import { isMessage, named, telling, withId } from '../messages/message.ts';
import { type Handlers, inTurn, type Namespace } from './events.ts';
import { type HeardTasks, heardTasks, type Metadata } from './heard-tasks.ts';
import { metadataOf } from './runtime.ts';

interface MessageLike {
  id?: string | undefined;
  readonly content: unknown;
}

const SILENT = ['nostream', 'langsmith:nostream'];

/**
 * @param callbacks gets the handler for the models
 * @param subgraphs of graphs inside tasks too
 */
export function messagesMode(
  tell: (chunk: unknown, ns: Namespace) => void,
  callbacks: object[],
  subgraphs: boolean,
): Handlers {
  const seen = new Set<string | MessageLike>();
  const heard = heardTasks(subgraphs);
  const models = new Map<string, { readonly metadata: Metadata; readonly ns: Namespace; id?: string | undefined }>();

  const see = (message: MessageLike): boolean => {
    const before = seen.has(message.id ?? message);
    seen.add(message.id ?? message);
    return before;
  };
  const tellToken = (runId: string, message: unknown): void => {
    const model = models.get(runId);
    if (!model || !isLike(message)) return;
    const own = `run-${runId}`; // LangChain's, when the model gives none
    const id = message.id && message.id !== own ? message.id : (model.id ?? own);
    model.id ??= id;
    if (message.id !== id) named(message, id);
    see(message);
    tell([message, model.metadata], model.ns);
  };
  callbacks.push({
    name: 'holdpoint_messages',
    lc_prefer_streaming: true,
    awaitHandlers: true,
    handleChatModelStart: (
      _model: unknown,
      _input: unknown,
      runId: string,
      _parent: unknown,
      _extra: unknown,
      tags: readonly string[] = [],
      metadata: Metadata = {},
      name?: string,
    ) => {
      const ns = heard.namespaceOf(metadata);
      if (!ns || tags.some((tag) => SILENT.includes(tag))) return;
      models.set(runId, { metadata: { tags, name, ...metadata }, ns });
    },
    handleLLMNewToken: (
      token: string,
      _index: unknown,
      runId: string,
      _parent?: string,
      _tags?: unknown,
      fields?: { readonly chunk?: { readonly message?: unknown } },
    ) => tellToken(runId, fields?.chunk?.message ?? telling.token(token, `run-${runId}`)),
    handleLLMEnd: (output: { readonly generations: readonly { readonly message?: unknown }[][] }, runId: string) => {
      if (models.get(runId)?.id === undefined) tellToken(runId, output.generations[0]?.[0]?.message);
      models.delete(runId);
    },
    handleLLMError: (_error: unknown, runId: string) => models.delete(runId),
    ...(subgraphs && foreignNodes(heard, see, tell)),
  });

  return inTurn(heard.handlers, {
    message: ({ message, metadata, ns }) => {
      if (isLike(message) && !see(message)) tell([message, metadata], ns);
    },
    task: ({ task }) => {
      messagesIn(task.input).forEach(see);
    },
    update: (event) => {
      const { scope, frame, task, result, cached, left } = event;
      if (cached || left) return;
      let metadata: object | undefined;
      for (const returned of result.writes.flatMap(([channel, value]) =>
        channel === END ? messagesIn(value) : messagesOf(value),
      )) {
        const message = isMessage(returned) ? withId(returned) : returned;
        if (see(message)) continue;
        metadata ??= {
          tags: [`graph:step:${frame.step + 1}`, ...(scope.config.tags ?? [])],
          name: task.node.name,
          ...metadataOf(event),
        };
        tell([message, metadata], scope.toldAs());
      }
    },
  });
}

/** What nodes of LangGraph's own graphs return is known from their chains. */
function foreignNodes(
  heard: HeardTasks,
  see: (message: MessageLike) => boolean,
  tell: (chunk: unknown, ns: Namespace) => void,
): object {
  const nodes = new Map<string, { readonly metadata: Metadata; readonly ns: Namespace }>();
  return {
    handleChainStart: (
      _node: unknown,
      input: unknown,
      runId: string,
      _parent: unknown,
      tags: readonly string[] = [],
      metadata: Metadata = {},
      _type?: unknown,
      name?: string,
    ) => {
      const ns = heard.isTask(metadata) ? undefined : heard.namespaceOf(metadata);
      if (!ns || name !== metadata['langgraph_node'] || tags.includes('langsmith:hidden')) return;
      messagesIn(input).forEach(see);
      nodes.set(runId, { metadata: { tags, name, ...metadata }, ns });
    },
    handleChainEnd: (output: unknown, runId: string) => {
      const node = nodes.get(runId);
      nodes.delete(runId);
      if (!node) return;
      for (const message of messagesIn(output).filter(isMessage)) {
        if (!see(withId(message))) tell([message, node.metadata], node.ns);
      }
    },
    handleChainError: (_error: unknown, runId: string) => nodes.delete(runId),
  };
}

/** Of a state, a part of one, or what a channel may be given. */
function messagesIn(value: unknown): MessageLike[] {
  const own = messagesOf(value);
  return own.length > 0 ? own : Object.values(Object(value) as object).flatMap(messagesOf);
}

/** Of what a channel is given: a message, or a list of them. */
function messagesOf(value: unknown): MessageLike[] {
  return [value].flat().filter(isLike);
}

function isLike(value: unknown): value is MessageLike {
  if (!isObject(value) || !('content' in value)) return false;
  const { type, role } = value as { type?: unknown; role?: unknown };
  return isMessage(value) || typeof type === 'string' || typeof role === 'string';
}
