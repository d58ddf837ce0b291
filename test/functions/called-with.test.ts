/** What a later run was called with is its own until it has come to its end: whoever goes on with it finds it. Through the rim of Lambda, on both stores. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Annotation,
  type Checkpointer,
  END,
  interrupt,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { Gate } from '../support/http.ts';
import { type Gateway, gateway } from '../support/lambda.ts';
import { onEachStore } from '../support/stores.ts';

let threads = 0;

onEachStore((makeStore) => {
  const clock = { now: 0 };
  let store: Checkpointer;
  let send: Gateway;
  let path: string;
  let seen: unknown[];
  let stuck: Gate | undefined;
  let entered = new Gate();

  const State = Annotation.Root({ log: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }) });

  const note = (node: string, { context, configurable, tags }: LangGraphRunnableConfig): void => {
    seen.push([node, (context as { who?: string } | undefined)?.who, configurable?.['mine'], tags]);
  };

  const graph = new StateGraph(State)
    .addNode('first', (_, config) => {
      note('first', config);
      return { log: ['first'] };
    })
    .addNode('then', async (_, config) => {
      note('then', config);
      if (config.configurable?.['asks']) interrupt(`${(config.context as { who: string }).who}?`);
      entered.resolve();
      await stuck?.opened;
      return { log: ['then'] };
    })
    .addEdge(START, 'first')
    .addEdge('first', 'then')
    .addEdge('then', END)
    .compile();

  const second = { context: { who: 'second' }, config: { configurable: { mine: 2 }, tags: ['late'] } };

  beforeEach(async () => {
    clock.now = Date.now();
    store = makeStore(() => clock.now);
    send = gateway(createApp({ graphs: { graph }, checkpointer: () => store, now: () => clock.now }));
    path = `/threads/called-${++threads}`;
    seen = [];
    stuck = undefined;
    const given = { context: { who: 'first' }, config: { configurable: { mine: 1 } } };
    await send('POST', `${path}/invoke`, { input: {}, ...given });
    seen = [];
    entered = new Gate();
  });

  describe('a run that goes on', () => {
    it('after a breakpoint: has the context and the configurable that it was called with', async () => {
      await send('POST', `${path}/invoke`, { input: {}, ...second, interrupt_before: ['then'] });
      await send('POST', `${path}/invoke`, { input: null });
      expect(seen).toEqual([
        ['first', 'second', 2, ['late']],
        ['then', 'second', 2, []],
      ]);
    });

    it('after a question: the answer finds the node as it was asked, and may bring more', async () => {
      const asks = { context: { who: 'second' }, config: { configurable: { mine: 2, asks: true } } };
      const asked = await send('POST', `${path}/invoke`, { input: {}, ...asks });
      const [{ id, value }] = asked.body.interrupts;
      expect(value).toBe('second?');
      const more = { config: { configurable: { mine: 3 } } };
      const answered = await send('POST', `${path}/resume`, { answers: { [id]: 'yes' }, ...more });
      expect(answered.body).toMatchObject({ status: 'done' });
      expect(seen.at(-1)).toEqual(['then', 'second', 3, []]);
    });

    it.each(['exit', 'sync'])(
      'after a crash, %s: has all that it was called with, its tags too',
      async (durability) => {
        const dead = (stuck = new Gate());
        const lost = send('POST', `${path}/invoke`, { input: {}, ...second, durability });
        await entered.opened;
        seen = [];
        stuck = undefined;
        clock.now = Date.now() + 71_000;
        const reply = await send('POST', `${path}/invoke`, { input: null }, {}, { remainingMs: 200_000 });
        expect(reply.body).toMatchObject({ status: 'done' });
        expect(seen.at(-1)).toEqual(['then', 'second', 2, ['late']]);
        dead.resolve();
        expect((await lost).body).toMatchObject({ code: 'claim_lost' });
      },
    );
  });

  it('a run that has come to its end leaves nothing of it to the next', async () => {
    await send('POST', `${path}/invoke`, { input: {}, ...second });
    await send('POST', `${path}/invoke`, { input: {} });
    expect(seen.slice(2)).toEqual([
      ['first', 'first', 1, []],
      ['then', 'first', 1, []],
    ]);
  });
});
