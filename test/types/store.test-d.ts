/** The types of stores: LangGraph's are accepted, and what a batch returns follows from what it asks. */
import { type BaseStore as LangGraphStore, InMemoryStore as LangGraphInMemoryStore } from '@langchain/langgraph';
import { expectTypeOf, it } from 'vitest';
import { BaseStore, InMemoryStore, type Item, type SearchItem } from '../../core/index.ts';

it('a store of LangGraph is a store', () => {
  expectTypeOf<LangGraphStore>().toExtend<BaseStore>();
  expectTypeOf<LangGraphInMemoryStore>().toExtend<BaseStore>();
  expectTypeOf<InMemoryStore>().toExtend<BaseStore>();
});

it('results follow their operations, and fields are read without casts', async () => {
  const store = new InMemoryStore();
  const results = await store.batch([
    { namespace: ['n'], key: 'k' },
    { namespacePrefix: ['n'] },
    { namespace: ['n'], key: 'k', value: { v: 1 } },
  ] as const);
  expectTypeOf(results[0]).toEqualTypeOf<Item | null>();
  expectTypeOf(results[1]).toEqualTypeOf<SearchItem[]>();
  expectTypeOf((await store.search(['n']))[0]?.score).toEqualTypeOf<number | undefined>();
  expectTypeOf((await store.get(['n'], 'k'))?.value['name']).toBeAny();
});
