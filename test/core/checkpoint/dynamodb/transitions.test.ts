/** The shapes of the conditional writes: what they say is tried on real servers in test/contract. */
import { describe, expect, it } from 'vitest';
import type { Write } from '../../../../core/checkpoint/dynamodb/expression.ts';
import type { StoredHead } from '../../../../core/checkpoint/dynamodb/head.ts';
import { ATTRIBUTE } from '../../../../core/checkpoint/dynamodb/keys.ts';
import { exactClaim, openClaim, release } from '../../../../core/checkpoint/dynamodb/claiming.ts';
import { commit, tombstone } from '../../../../core/checkpoint/dynamodb/moving.ts';
import { NOW, questionId, starting, wanting } from '../../../support/threads.ts';

const life = { incarnation: 'r0', born: NOW };
const head: StoredHead = {
  ...life,
  item: {},
  version: 4,
  checkpointId: 'k4',
  previousId: 'k3',
  writer: 'r3',
  status: 'interrupted',
  pending: [],
  graph: 'g',
  updatedAt: 'then',
  data: '[]',
  base: undefined,
  claim: { runId: 'gone', expiresAt: 1, request: { packed: '{}' }, first: undefined },
  waitingSince: undefined,
};
const place = { shard: 't#0', created: 'born' };
const next = {
  ...life,
  place,
  runId: 'r1',
  version: 5,
  checkpointId: 'k5',
  previousId: 'k4',
  status: 'done' as const,
  pending: [],
  graph: 'g',
  updatedAt: 'now',
  data: '[]',
  base: undefined,
  over: undefined,
  expires: undefined,
};

/** The attributes that a write sets or removes. */
function changed({ UpdateExpression }: Write): string[] {
  const [, sets = '', removes = ''] = /^(?:SET (.*?))?(?: ?REMOVE (.*))?$/.exec(UpdateExpression) ?? [];
  const set = sets.split(/, (?=\w+ =)/).map((clause) => clause.split(' ')[0]!);
  return [...set, ...removes.split(', ')].filter((name) => name !== '').toSorted();
}

describe('a claim', () => {
  it('C15: changes the attributes of the claim only', () => {
    const want = wanting('r1', { answers: [questionId('q')], newest: 'k', graph: 'g' });
    expect(changed(openClaim(want, { packed: '{}' }, place))).toEqual(['a', 'ar', 'e', 'o', 'r', 'rf']);
    expect(changed(exactClaim(head, want, 'recorded', place))).toEqual(['e', 'o', 'r', 'rf']);
    expect(changed(release('r1', 'g', 7))).toEqual(['a', 'ar', 'e', 'g', 'o', 'r', 'rf']);
  });

  it('C2: may create the head, and gives it no more than its birth', () => {
    expect(changed(openClaim(starting('r1', { graph: 'g' }), { packed: '{}' }, place))).toEqual(
      ['a', 'ar', 'b', 'c', 'e', 'f', 'g', 'i', 'o', 'r', 'rf', 't', 'v'].toSorted(),
    );
    expect(openClaim(starting('r1'), undefined, place).ConditionExpression).toMatch(
      /^attribute_not_exists\(pk\) OR attribute_not_exists\(x\) AND /,
    );
  });

  it('never touches a head of another format', () => {
    const { ConditionExpression, ExpressionAttributeValues } = openClaim(wanting('r1'), undefined, place);
    const [, placeholder = ''] = / f = (:\d+) /.exec(ConditionExpression) ?? [];
    expect(ExpressionAttributeValues?.[placeholder]).toEqual({ N: '1' });
  });

  it('C3: of a head that was read names its life, its version and the claim that it replaces', () => {
    const { ConditionExpression, ExpressionAttributeValues } = exactClaim(head, wanting('r1'), 'recorded', place);
    expect(ConditionExpression).toBe('i = :3 AND b = :4 AND attribute_not_exists(x) AND v = :5 AND r = :6');
    expect(ExpressionAttributeValues).toMatchObject({ ':3': { S: 'r0' }, ':5': { N: '4' }, ':6': { S: 'gone' } });
  });

  it('C12: that is taken over remembers the run that held it first; a free one forgets it', () => {
    const over = exactClaim(head, wanting('r1'), 'recorded', place);
    expect(over.UpdateExpression).toContain('rf = if_not_exists(rf, :2)');
    expect(over.ExpressionAttributeValues).toMatchObject({ ':2': { S: 'gone' } });
    expect(exactClaim(head, wanting('r1'), undefined, place).UpdateExpression).toMatch(/REMOVE .*rf/);
  });

  it('C9: no text of a caller is ever part of an expression', () => {
    const evil = 'x) OR attribute_exists(pk';
    const want = starting(evil, { graph: evil, newest: evil, answers: [evil], refusePending: true });
    for (const write of [
      openClaim(want, { keptBy: evil }, place),
      exactClaim(undefined, want, { packed: evil }, place),
    ]) {
      expect(`${write.UpdateExpression} ${write.ConditionExpression}`).not.toContain(evil);
    }
  });
});

describe('a commit', () => {
  it("C1: is conditional on the run's claim and the version that it claimed", () => {
    const write = commit(next, 4);
    expect(write.ConditionExpression).toBe('r = :0 AND v = :1');
    expect(write.ExpressionAttributeValues).toMatchObject({ ':0': { S: 'r1' }, ':1': { N: '4' } });
  });

  it('C2: of a fresh thread is conditional on there being none', () => {
    expect(commit(next, undefined).ConditionExpression).toBe('attribute_not_exists(pk)');
  });

  it('ends the claim, unless the run goes on', () => {
    expect(commit(next, 4).UpdateExpression).toMatch(/REMOVE y, q, qn, l, ls, lh, o, #ttl, r, e, a, ar, rf$/);
    const running = commit({ ...next, goesOn: { expiresAt: 7, request: '{"kind":"continue"}' } }, 4);
    expect(running.UpdateExpression).toMatch(/REMOVE q, qn, l, ls, lh, o, #ttl, ar$/);
  });
});

describe('a tombstone', () => {
  it('C9: leaves nothing but whose life it was', () => {
    const kept = ['f', 'i', 'b'];
    expect(changed(tombstone(life))).toEqual(
      [...Object.values(ATTRIBUTE), '#ttl'].filter((name) => !kept.includes(name)).toSorted(),
    );
  });
});
