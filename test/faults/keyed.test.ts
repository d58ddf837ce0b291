/**
 * C5 under every fault: a client that sends each of its requests with a key until it is answered, to processes that fail. Every storage call is
 * struck by every fault, and by the worst of them every call of the recovery too. Nothing is sampled.
 *
 * However often a request is sent, it is applied once; and sent once more in the end, it gets the answer that the client was given.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { Annotation, interrupt, START, StateGraph } from '../../core/index.ts';
import { createApp } from '../../functions/app.ts';
import { client as clientOf, type Reply } from '../support/http.ts';
import { useDatabase } from './database.ts';
import { FaultyClient, faults, type Strike } from './faulty.ts';

const MINUTE = 60_000;
const PATIENCE = 6;

const State = Annotation.Root({
  log: Annotation<string[], string>({ reducer: (log, line) => [...log, line], default: () => [] }),
  item: Annotation<string>(),
});

/** Adds to its state what it is asked, so that whatever is applied twice is seen twice. */
const graph = new StateGraph(State)
  .addNode('note', ({ item }) => ({ log: `asked for ${item}` }))
  .addNode('approve', ({ item }) => ({ log: `answered ${String(interrupt(`${item}?`))}` }))
  .addEdge(START, 'note')
  .addEdge('note', 'approve')
  .compile();

interface Heard {
  readonly replies: readonly Reply[];
  readonly again: readonly Reply[];
  /** Of the first process. */
  readonly calls: number;
  readonly secondCalls: number;
}

function state({ body: { status, values, next } }: Reply): unknown {
  return { status, values, next };
}

describe.each(['exit', 'sync'] as const)('durability %s', (durability) => {
  const database = useDatabase();
  let threads = 0;
  let undisturbed: Heard;

  beforeAll(async () => {
    undisturbed = await drive([]);
  });

  /** @param strikes what goes wrong in the first process, in the second … */
  async function drive(strikes: readonly Strike[]): Promise<Heard> {
    const path = `/threads/keyed-${durability}-${++threads}`;
    const processes: FaultyClient[] = [];
    const boot = (): ReturnType<typeof clientOf> => {
      const number = processes.length;
      if (number > PATIENCE) throw new Error('the thread is stuck');
      const faulty = new FaultyClient(database.client, strikes[number]);
      processes.push(faulty);
      const now = (): number => Date.UTC(2026, 0, 1) + number * 2 * MINUTE;
      const saver = new DynamoDBSaver({ client: faulty.client, table: database.table, clock: now });
      return clientOf(createApp({ graphs: { graph }, checkpointer: () => saver, now, log: () => undefined }));
    };
    let send = boot();
    const insist = async (verb: string, body: object, key: string): Promise<Reply> => {
      for (;;) {
        const reply = await send('POST', `${path}/${verb}`, { ...body, durability }, { 'idempotency-key': key });
        if (reply.status < 400) return reply;
        send = boot();
      }
    };
    const start = { input: { item: 'one' } };
    const asked = await insist('invoke', start, 'start');
    const answer = { answers: { [asked.body.interrupts[0].id]: 'yes' } };
    const answered = await insist('resume', answer, 'answer');
    const more = { input: { item: 'two' } };
    const replies = [asked, answered, await insist('invoke', more, 'more')];
    const again = [
      await insist('invoke', start, 'start'),
      await insist('resume', answer, 'answer'),
      await insist('invoke', more, 'more'),
    ];
    return { replies, again, calls: processes[0]!.calls, secondCalls: processes[1]?.calls ?? 0 };
  }

  function broken(heard: Heard, where: string): string[] {
    const wrong: string[] = [];
    const must = (what: string, has: unknown, had: unknown): void => {
      const [is, was] = [JSON.stringify(has), JSON.stringify(had)];
      if (is !== was) wrong.push(`${where}: ${what} ${is} instead of ${was}`);
    };
    must('states', heard.replies.map(state), undisturbed.replies.map(state));
    must(
      'answers',
      heard.again.map(({ text }) => text),
      heard.replies.map(({ text }) => text),
    );
    return wrong;
  }

  it('C5: undisturbed, the answers are these', () => {
    expect(undisturbed.replies.map(({ body: { status, values } }) => [status, values.log])).toEqual([
      ['interrupted', ['asked for one']],
      ['done', ['asked for one', 'answered yes']],
      ['interrupted', ['asked for one', 'answered yes', 'asked for two']],
    ]);
    expect(undisturbed.again.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual(Array(3).fill('true'));
    expect(broken(undisturbed, 'undisturbed')).toEqual([]);
  });

  it.each(faults)('C5: %s at every call', { timeout: 120_000 }, async (fault) => {
    const wrong: string[] = [];
    for (let call = 0; call < undisturbed.calls; call++) {
      wrong.push(...broken(await drive([{ call, fault }]), `${fault} at call ${call}`));
    }
    expect(wrong).toEqual([]);
  });

  it('C5: after, and after at every call of the recovery', { timeout: 240_000 }, async () => {
    const wrong: string[] = [];
    for (let call = 0; call < undisturbed.calls; call++) {
      const first: Strike = { call, fault: 'after' };
      const { secondCalls } = await drive([first]);
      // The key, the claim, and what ties them; what follows is what the first process did, struck above.
      for (let second = 0; second < Math.min(secondCalls, 3); second++) {
        const where = `after at call ${call}, and at call ${second} of the recovery`;
        wrong.push(...broken(await drive([first, { call: second, fault: 'after' }]), where));
      }
    }
    expect(wrong).toEqual([]);
  });
});
