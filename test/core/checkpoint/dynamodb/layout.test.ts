/** What is written of a checkpoint, as data: any history of texts, stored and read back, with and without requests. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDelta, whole } from '../../../../core/checkpoint/dynamodb/delta.ts';
import { LIMIT } from '../../../../core/checkpoint/dynamodb/keys.ts';
import { type Base, type KnownBase, lay } from '../../../../core/checkpoint/dynamodb/layout.ts';
import { packedSize, unpackText } from '../../../../core/checkpoint/dynamodb/pack.ts';
import { packRequestPart } from '../../../../core/checkpoint/dynamodb/parts.ts';
import { replay } from '../../../../core/checkpoint/dynamodb/replay.ts';
import { noise } from '../../../support/threads.ts';

interface Step {
  readonly change: 'append' | 'prepend' | 'edit' | 'replace' | 'shrink' | 'same';
  readonly size: number;
  /** The run was asked what it adds. */
  readonly asked: boolean;
  /** Another process goes on. */
  readonly reload: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    change: fc.constantFrom('append', 'append', 'append', 'prepend', 'edit', 'replace', 'shrink', 'same'),
    size: fc.integer({ min: 0, max: 9_000 }),
    asked: fc.boolean(),
    reload: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

function changed(text: string, { change, size }: Step, n: number): { readonly text: string; readonly added: string } {
  const added = noise(size, `${n}`);
  const middle = Math.floor(text.length / 2);
  const texts = {
    append: `${text},${added}`,
    prepend: `${added},${text}`,
    edit: text.slice(0, middle) + added + text.slice(middle + 10),
    replace: added,
    shrink: text.slice(0, Math.floor(text.length / 3)),
    same: text,
  };
  return { text: texts[change], added };
}

/** The parts of a thread. */
class Parts {
  readonly #parts = new Map<string, { readonly over: string | undefined; readonly text: string }>();

  put(id: string, over: string | undefined, data: Parameters<typeof unpackText>[0]): void {
    this.#parts.set(id, { over, text: unpackText(data) });
  }

  base(base: Base): KnownBase {
    const deltas = [];
    for (
      let id: string | undefined = base.part;
      id !== undefined;
      id = id === base.since ? undefined : this.#parts.get(id)!.over
    ) {
      deltas.unshift(readDelta(this.#parts.get(id)!.text));
    }
    return { ...base, text: replay(deltas) };
  }
}

describe('a history of texts', () => {
  it('L1, L2, L3: is read back at every step, from few characters and a small head', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const parts = new Parts();
        const saved: { text: string; data: Parameters<typeof unpackText>[0]; base: Base | undefined }[] = [];
        let text = '';
        let known: KnownBase | undefined;
        for (const [n, step] of history.entries()) {
          const next = changed(text, step, n);
          text = `${n}:${next.text}`;
          if (step.reload) known &&= parts.base(known);
          const request = step.asked ? { id: `${n}r`, text: `{"asked":"${next.added}"}` } : undefined;
          if (request) parts.put(request.id, known?.part, packRequestPart(request.text));
          const laid = lay(`${n}p`, text, known, request);
          if (laid.part) parts.put(laid.part.id, laid.part.over, laid.part.data);
          expect(packedSize(laid.data)).toBeLessThanOrEqual(laid.base ? LIMIT.inlineDelta : LIMIT.inlineCheckpoint);
          expect(laid.base?.held ?? 0).toBeLessThanOrEqual(2 * text.length + 8 * 1024);
          saved.push({ text, data: laid.data, base: laid.base });
          known = laid.base;
        }
        for (const one of saved) {
          const stored = unpackText(one.data);
          const base = one.base && parts.base(one.base);
          expect(base ? replay([whole(base.text), readDelta(stored)]) : stored).toBe(one.text);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('L1: a small text is stored as it is, whatever there is to store it against', () => {
    const large = noise(5_000);
    const first = lay('1', large, undefined, undefined);
    expect(lay('2', large.slice(0, 300), first.base, undefined)).toEqual({
      data: expect.anything() as unknown,
      base: undefined,
      keepsRequest: false,
    });
  });

  it('L2: a large one becomes a part, and the head what refers to it', () => {
    const first = lay('1', noise(5_000), undefined, undefined);
    expect(first).toMatchObject({ part: { id: '1', over: undefined }, base: { part: '1', since: '1', held: 5_000 } });
    expect(packedSize(first.data)).toBeLessThan(20);
  });

  it('L3: a text that is mostly new stands for itself', () => {
    const first = lay('1', noise(5_000), undefined, undefined);
    const next = lay('2', noise(5_000) + noise(6_000, 'new'), first.base, undefined);
    expect(next).toMatchObject({ part: { over: undefined }, base: { since: '2', held: 11_000 } });
    expect(lay('2', noise(5_000) + noise(4_000, 'new'), first.base, undefined)).toMatchObject({
      part: { over: '1' },
      base: { since: '1' },
    });
  });

  it('L3: a text that changed a little everywhere stands for itself, when that is shorter', () => {
    const first = lay('1', rows(1), undefined, undefined);
    const next = lay('2', rows(2), first.base, undefined);
    expect(next).toMatchObject({ part: { over: undefined }, base: { since: '2' } });
  });

  it('L1: what a run was asked is stored against, with what was there or in its place', () => {
    const first = lay('1', noise(5_000), undefined, undefined);
    const request = { id: '1r', text: noise(4_000, 'asked') };
    const both = lay('2', `[${noise(5_000)},${noise(4_000, 'asked')}]`, first.base, request);
    expect(both).toMatchObject({ base: { part: '1r', since: '1', held: 9_000 }, keepsRequest: true });
    expect(both.part).toBeUndefined();
    const alone = lay('2', `[${noise(4_000, 'asked')}]`, first.base, request);
    expect(alone).toMatchObject({ base: { part: '1r', since: '1r', held: 4_000 }, keepsRequest: true });
    const neither = lay('2', `[${noise(5_000)}]`, first.base, request);
    expect(neither).toMatchObject({ base: { part: '1', since: '1' }, keepsRequest: false });
  });
});

function rows(n: number): string {
  return JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ name: 'a row of the table, and its number', i, n })));
}
