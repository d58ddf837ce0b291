/** What LangChain's environment variables ask for, of graphs of "holdpoint/langchain". */
import { stripVTControlCharacters } from 'node:util';
import { dispatchCustomEvent } from '@langchain/core/callbacks/dispatch';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { MessagesAnnotation, START, StateGraph } from '../../core/langchain.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const model = new FakeListChatModel({ responses: ['ab'] });
const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, 'model')
  .compile({ name: 'chat' });

/** The path of each run that the tracer told to begin. LangChain's own may tell a model that is verbose once more, as a root. */
async function begun(run: () => Promise<unknown>): Promise<string[]> {
  const print = vi.spyOn(console, 'log').mockReturnValue();
  await run();
  const lines = print.mock.calls.map(([line]) => stripVTControlCharacters(String(line)));
  const paths = lines.map((line) =>
    /\/start\] \[(.*?)\] Entering/.exec(line)?.[1]?.replaceAll(/\d+:(?:chain|llm):/g, ''),
  );
  return paths.filter((path) => path?.startsWith('chat')) as string[];
}

const whole = ['chat', 'chat > __start__', 'chat > model', 'chat > model > FakeListChatModel'];

it.each([{}, { streamMode: 'messages' as const }])('their tracers see a run as a tree, with %o', async (options) => {
  vi.stubEnv('LANGCHAIN_VERBOSE', 'true');
  expect(await begun(() => graph.invoke({ messages: 'hi' }, options))).toEqual(whole);
});

it('beside the callbacks of the call', async () => {
  vi.stubEnv('LANGCHAIN_VERBOSE', 'true');
  const handleChatModelStart = vi.fn<() => void>();
  expect(await begun(() => graph.invoke({ messages: 'hi' }, { callbacks: [{ handleChatModelStart }] }))).toEqual(whole);
  expect(handleChatModelStart).toHaveBeenCalledOnce();
});

it('nothing is told without them', async () => {
  expect(await begun(() => graph.invoke({ messages: 'hi' }))).toEqual([]);
});

it('a node with an idle time-out hands its callbacks on, and LangChain’s can say what they say within it', async () => {
  const heard: string[] = [];
  const handler = {
    handleChatModelStart: () => void heard.push('model'),
    handleCustomEvent: (name: string) => void heard.push(name),
  };
  const timed = new StateGraph(MessagesAnnotation)
    .addNode(
      'model',
      async ({ messages }) => {
        await dispatchCustomEvent('asked', {});
        return { messages: [await model.invoke(messages)] };
      },
      { timeout: { idleTimeout: 60_000 } },
    )
    .addEdge(START, 'model')
    .compile();
  await timed.invoke({ messages: 'hi' }, { callbacks: [handler] });
  expect(heard).toEqual(['asked', 'model']);
});
