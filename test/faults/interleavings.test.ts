/**
 * All interleavings of two runners on one thread, at their storage calls: docs/reliability.md. Nothing is sampled. Every history must be
 * explained by one of the two serial orders (serial.ts), and the thread must go on to its end.
 */
import { afterAll, expect, it } from 'vitest';
import { useDatabase } from './database.ts';
import { type Pair, runSchedule } from './runners.ts';
import { everySchedule } from './scheduler.ts';
import type { Operation } from './serial.ts';

const by = (binding: 'id' | 'checkpoint' | 'nothing', answer = 'yes'): Operation => ({
  do: 'resume',
  by: binding,
  answer,
});
const once = (key: string, answer = 'yes'): Operation => ({ do: 'resume', by: 'id', answer, key });
const update: Operation = { do: 'update' };
const invoke: Operation = { do: 'invoke' };
const remove: Operation = { do: 'delete' };
const proceed: Operation = { do: 'continue' };

const pairs: readonly Pair[] = [
  { name: 'resume against resume, by id', operations: [by('id', 'one'), by('id', 'two')] },
  { name: 'resume against resume, at a checkpoint', operations: [by('checkpoint', 'one'), by('checkpoint', 'two')] },
  { name: 'resume against resume, by id and at a checkpoint', operations: [by('id', 'one'), by('checkpoint', 'two')] },
  { name: 'resume against resume, by id and bare', operations: [by('id', 'one'), by('nothing', 'two')] },
  { name: 'resume against resume, bare', operations: [by('nothing', 'one'), by('nothing', 'two')] },
  { name: 'resume against resume, sync', operations: [by('id', 'one'), by('id', 'two')], durability: 'sync' },
  { name: 'resume against resume, large', operations: [by('id', 'one'), by('id', 'two')], large: true },
  { name: 'the same key and answer', operations: [once('key'), once('key')] },
  { name: 'the same key and answer, sync', operations: [once('key'), once('key')], durability: 'sync' },
  { name: 'the same key, another answer', operations: [once('key', 'one'), once('key', 'two')] },
  { name: 'another key', operations: [once('one', 'one'), once('two', 'two')] },
  { name: 'resume against invoke', operations: [by('id'), invoke] },
  { name: 'bare resume against invoke', operations: [by('nothing'), invoke] },
  { name: 'resume against invoke, sync', operations: [by('id'), invoke], durability: 'sync' },
  { name: 'resume against updateState', operations: [by('id'), update] },
  { name: 'resume against updateState, sync', operations: [by('checkpoint'), update], durability: 'sync' },
  { name: 'resume against delete', operations: [by('id'), remove] },
  { name: 'resume with a key against delete', operations: [once('key'), remove] },
  { name: 'resume against delete, sync', operations: [by('id'), remove], durability: 'sync' },
  { name: 'resume against delete, large', operations: [by('id'), remove], large: true },
  { name: 'invoke against delete', operations: [invoke, remove] },
  { name: 'delete against delete', operations: [remove, remove] },
  { name: 'take-over against late commit', operations: [by('id'), proceed], late: true },
  { name: 'take-over by the same request', operations: [by('id'), by('id')], late: true },
  { name: 'take-over of a key', operations: [once('key'), proceed], late: true },
  { name: 'take-over by the same key', operations: [once('key'), once('key')], late: true },
  { name: 'another answer after an expired claim', operations: [by('id', 'one'), by('id', 'two')], late: true },
  { name: 'resume against the late commit of an updateState', operations: [update, by('id')], late: true },
  { name: 'updateState after an expired claim', operations: [by('id'), update], late: true },
  { name: 'delete after an expired claim', operations: [by('id'), remove], late: true },
  { name: 'take-over against late commits, sync', operations: [by('id'), proceed], late: true, durability: 'sync' },
  { name: 'take-over against late commit, large', operations: [by('id'), proceed], late: true, large: true },
];

const database = useDatabase();
const counted: number[] = [];

afterAll(() => {
  const schedules = counted.reduce((sum, count) => sum + count, 0);
  process.stdout.write(`interleavings: ${schedules} schedules of ${counted.length} pairs\n`);
});

it.each(pairs)('$name', { timeout: 120_000 }, async (pair) => {
  const wrong: string[] = [];
  let threads = 0;
  const count = await everySchedule(async (schedule) => {
    const thread = `${pair.name.replaceAll(/[^a-z]/gi, '-')}-${++threads}`;
    wrong.push(...(await runSchedule(pair, database, thread, schedule)));
  });
  counted.push(count);
  expect(wrong).toEqual([]);
});
