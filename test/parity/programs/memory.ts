/** Programs: memory that threads share. */
import {
  InMemoryStore,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
  Annotation,
  type BaseStore,
  type LangGraphRunnableConfig,
} from '@langchain/langgraph';
import { HumanMessage } from '@langchain/core/messages';
import { failure, type Log } from '../telling.ts';

export async function remembersUsers(log: Log) {
  const store = new InMemoryStore();
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('call', async (state, config: LangGraphRunnableConfig) => {
      const namespace = ['memories', config.configurable!.userId as string];
      const last = state.messages.at(-1)!;
      if (String(last.content).includes('remember'))
        await config.store!.put(namespace, `k${state.messages.length}`, { data: last.content });
      const memories = await config.store!.search(namespace);
      return {
        messages: [
          { role: 'assistant', content: memories.map((memory) => String(memory.value.data)).join('; ') || 'nothing' },
        ],
      };
    })
    .addEdge(START, 'call')
    .compile({ checkpointer: new MemorySaver(), store });
  const say = async (text: string, thread_id: string, userId: string) =>
    (await graph.invoke({ messages: [new HumanMessage(text)] }, { configurable: { thread_id, userId } })).messages.at(
      -1,
    )?.content;
  log(await say('remember my name is Bob', '1', 'u1'));
  log(await say('what is my name?', '2', 'u1'));
  log(await say('what is my name?', '3', 'u2'));
  log(
    (await store.search(['memories'])).map((item) => [
      item.namespace,
      item.key,
      item.value,
      item.createdAt instanceof Date,
    ]),
  );
}

export async function theStoreItself(log: Log) {
  const store: BaseStore = new InMemoryStore();
  await store.put(['users', 'a'], 'one', { n: 1, kind: 'x' });
  await store.put(['users', 'a'], 'two', { n: 2, kind: 'y' });
  await store.put(['users', 'b'], 'one', { n: 3, kind: 'x' });
  log((await store.get(['users', 'a'], 'one'))?.value);
  log(await store.get(['users', 'a'], 'none'));
  log((await store.search(['users'])).map(({ namespace, key, value, score }) => [namespace, key, value, score]));
  log(
    (await store.search(['users'], { filter: { kind: 'x' }, limit: 1, offset: 1 })).map(({ namespace }) => namespace),
  );
  log((await store.search(['users'], { filter: { n: { $gt: 1 } } })).map(({ value }) => value.n));
  log(await store.listNamespaces({ prefix: ['users'], maxDepth: 2 }));
  await store.delete(['users', 'a'], 'one');
  log((await store.search(['users', 'a'])).length);
  log(await failure(() => store.put([], 'k', {})));
  log(await failure(() => store.put(['a.b'], 'k', {})));
  log(await failure(() => store.put(['langgraph'], 'k', {})));
}

export async function storesInSubgraphs(log: Log) {
  const State = Annotation.Root({ value: Annotation<string> });
  const store = new InMemoryStore();
  const sub = new StateGraph(State)
    .addNode('s', async (_state, config) => {
      await config.store?.put(['sub'], 'k', { from: 'sub' });
      return { value: 'sub' };
    })
    .addEdge(START, 's')
    .compile();
  const graph = new StateGraph(State)
    .addNode('sub', sub)
    .addNode('read', async (_state, config) => ({
      value: JSON.stringify((await config.store?.get(['sub'], 'k'))?.value),
    }))
    .addEdge(START, 'sub')
    .addEdge('sub', 'read')
    .compile({ store });
  log(await graph.invoke({ value: '' }));
}

export async function semanticSearch(log: Log) {
  const embeddings = {
    embedDocuments: async (texts: string[]) =>
      texts.map((text) => [text.includes('food') ? 1 : 0, text.includes('work') ? 1 : 0, 0.1]),
    embedQuery: async (text: string) => [text.includes('food') ? 1 : 0, text.includes('work') ? 1 : 0, 0.1],
  };
  const store = new InMemoryStore({ index: { dims: 3, embeddings: embeddings as never } });
  await store.put(['m'], '1', { text: 'I love food' });
  await store.put(['m'], '2', { text: 'I work hard' });
  log(
    (await store.search(['m'], { query: 'food please', limit: 1 })).map(({ key, score }) => [key, score?.toFixed(3)]),
  );
}
