/** How a channel takes the updates of one superstep. */
import { describe, expect, it } from 'vitest';
import { lastValue, reduced } from '../../core/channel.ts';

const append = (list: readonly string[], item: string): readonly string[] => [...list, item];

describe('lastValue', () => {
  it('keeps the update, whatever was there', () => {
    expect(lastValue().reduce({ value: 'old' }, ['new'], 'c')).toBe('new');
    expect(lastValue().reduce(undefined, [undefined], 'c')).toBeUndefined();
  });

  it('refuses two updates, and says what to do', () => {
    expect(() => lastValue().reduce(undefined, [1, 2], 'c')).toThrow(
      'Invalid update for channel "c": it can only receive one value per step, and got 2. Give it a reducer: Annotation({ reducer, default }).',
    );
  });
});

describe('reduced', () => {
  it('CH2: folds the updates in their order into what was there', () => {
    expect(reduced(append).reduce({ value: ['a'] }, ['b', 'c'], 'c')).toEqual(['a', 'b', 'c']);
  });

  it('begins with its initial value', () => {
    expect(reduced(append, () => ['initial']).reduce(undefined, ['a'], 'c')).toEqual(['initial', 'a']);
  });

  it('without an initial value begins with the first update', () => {
    const sum = reduced<number>((a, b) => a + b);
    expect(sum.reduce(undefined, [1, 2, 3], 'c')).toBe(6);
    expect(Object.hasOwn(sum, 'initial')).toBe(false);
  });

  it('a falsy value that was there is a value', () => {
    expect(
      reduced<number>(
        (a, b) => a - b,
        () => 10,
      ).reduce({ value: 0 }, [1], 'c'),
    ).toBe(-1);
  });

  it('CH1: neither what was there nor an update is changed', () => {
    const before = Object.freeze(['a']);
    reduced(append).reduce({ value: before }, ['b'], 'c');
    expect(before).toEqual(['a']);
  });
});
