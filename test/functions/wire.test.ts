import * as fc from 'fast-check';
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { describe, expect, it } from 'vitest';
import { Annotation, START, StateGraph } from '../../core/index.ts';
import { toWire, wireText } from '../../functions/wire.ts';
import { collect } from '../support/engine.ts';

class Money {
  readonly amount = 5;
  readonly currency = 'EUR';
  get cents(): number {
    return this.amount * 100;
  }
}

describe('toWire', () => {
  it.each([
    ['a Date', new Date('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678Z'],
    ['an invalid Date', new Date(Number.NaN), null],
    ['a BigInt', 12345678901234567890n, '12345678901234567890'],
    ['a Map', new Map<unknown, unknown>([['a', 1], [{ k: 1 }, new Set([2])]]), [['a', 1], [{ k: 1 }, [2]]]], // prettier-ignore
    ['a Set', new Set([1n, 'x']), ['1', 'x']],
    ['bytes', new Uint8Array([0, 255, 16]), 'AP8Q'],
    ['a view of bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), 'AgM='],
    ['no numbers', [Number.NaN, Number.POSITIVE_INFINITY, -0], [null, null, 0]],
    ['an Error, without its stack', new TypeError('no', { cause: new Error('why') }), { name: 'TypeError', message: 'no', cause: { name: 'Error', message: 'why' } }], // prettier-ignore
    [
      'nothing, in an object and in a list',
      { a: undefined, b: () => 1, c: [undefined, Symbol('s')] },
      { c: [null, null] },
    ],
    ['nothing at all', undefined, null],
    ['an instance', new Money(), { amount: 5, currency: 'EUR' }],
    ['what toJSON says', { toJSON: () => ({ at: new Date(0) }) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  ])('%s', (_what, value, expected) => {
    expect(JSON.parse(wireText(value))).toEqual(expected);
  });

  it("W3: LangChain's messages are their fields and their type, as in core's server-sent events", async () => {
    const message = new AIMessage({
      id: 'm1',
      content: 'hi',
      tool_calls: [{ id: 'c1', name: 'pay', args: { amount: 3 } }],
    });
    const shown = JSON.parse(wireText({ messages: [message, new Map([['last', new HumanMessage('x')]])] }));
    expect(shown.messages).toEqual([
      expect.objectContaining({ id: 'm1', type: 'ai', content: 'hi', tool_calls: message.tool_calls }),
      [['last', expect.objectContaining({ type: 'human', content: 'x' })]],
    ]);
    expect(JSON.stringify(shown)).not.toContain('lc');
    const graph = new StateGraph(Annotation.Root({ messages: Annotation<unknown> }))
      .addNode('say', () => ({ messages: [message] }))
      .addEdge(START, 'say')
      .compile();
    const events = await graph.stream({}, { streamMode: 'values', encoding: 'text/event-stream' });
    const text = new TextDecoder().decode((await collect<Uint8Array>(events)).at(-1));
    expect(text).toBe(`event: values\ndata: ${wireText({ messages: [message] })}\n\n`);
  });

  it('W3: a message that cannot be read is no message', () => {
    const broken = {
      _getType: () => 'ai',
      toDict: () => {
        throw new Error('no');
      },
    };
    expect(toWire([broken])).toEqual(['[Unreadable]']);
  });

  it('W1: JSON is itself, whatever its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(wireText(value)).toBe(JSON.stringify(value));
      }),
    );
    const text = '{"__proto__":{"a":1},"toJSON":"x","constructor":null}';
    expect(wireText(JSON.parse(text))).toBe(text);
  });

  it('is total: it throws for nothing', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          expect(() => JSON.parse(wireText(value))).not.toThrow();
        },
      ),
    );
    const cycle: Record<string, unknown> = { name: 'x', twice: [] };
    cycle['self'] = [cycle, cycle];
    expect(toWire(cycle)).toEqual({ name: 'x', twice: [], self: ['[Circular]', '[Circular]'] });
    const shared = { a: 1 };
    expect(toWire([shared, shared])).toEqual([shared, shared]);
    const broken = {
      get bad() {
        throw new Error('no');
      },
    };
    expect(toWire({ ok: 1, broken, after: 2 })).toEqual({ ok: 1, broken: '[Unreadable]', after: 2 });
    let deep: unknown = 0;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(wireText(deep)).toContain('[Too deep]');
  });
});
