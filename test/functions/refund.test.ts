/** The graph that `npm start` serves: no amount that is no sum of money is asked about, or paid. */
import { expect, it } from 'vitest';
import { Command, isInterrupted, MemorySaver } from '../../core/index.ts';
import { refundGraph } from '../../functions/graphs/refund.ts';
import { thread } from '../support/engine.ts';

it.each([Infinity, Number.NaN, 0, -1])('%d EUR are refused', async (amount) => {
  const graph = refundGraph(() => 'paid', new MemorySaver());
  await expect(graph.invoke({ order: 'A', amount }, thread())).rejects.toThrow('an "amount" above 0');
  await graph.invoke({ order: 'A', amount: 250 }, thread('asked'));
  const again = await graph.invoke(new Command({ resume: { decision: 'change', amount } }), thread('asked'));
  expect(isInterrupted<object>(again) && again.__interrupt__[0]?.value).toMatchObject({
    problem: 'To change, give an "amount" above 0.',
  });
});
