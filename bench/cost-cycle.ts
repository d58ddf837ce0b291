/** One cycle of the real application over HTTP, in process, and what it costs: what a process of the service is to the cost bench. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBSaver } from '../core/checkpoint/dynamodb/index.ts';
import { Annotation, END, interrupt, START, StateGraph } from '../core/index.ts';
import { type Application, createApp } from '../functions/app.ts';
import { IndexMeter } from './index-meter.ts';
import { Ledger } from './ledger.ts';

export type Durability = 'exit' | 'async' | 'sync';

interface Asked {
  readonly threadId: string;
  readonly questionId: string;
}

interface Options {
  readonly durability?: Durability;
  /** The state, which comes with the input. @default 100 bytes of noise */
  readonly note?: string;
  /** Both requests have an idempotency key that begins so. @default neither has */
  readonly key?: string;
}

/** An application with one graph of three nodes, the second of which asks, and a ledger of what it does. */
export class Bench {
  readonly ledger: Ledger;
  readonly meter: IndexMeter;
  latencyMs = 0;
  nodeMs = 0;
  readonly #app: Application;

  constructor(client: DynamoDBClient, tableName: string, observer: DynamoDBClient) {
    this.meter = new IndexMeter(client, observer);
    this.ledger = new Ledger(client, () => this.latencyMs);
    const work = (): Promise<void> =>
      this.ledger.node(async () => {
        if (this.nodeMs > 0) await sleep(this.nodeMs);
      });
    const graph = new StateGraph(Annotation.Root({ note: Annotation<string>, answer: Annotation<string> }))
      .addNode('before', async () => {
        await work();
        return {};
      })
      .addNode('ask', () => ({ answer: interrupt<string, string>('Approve?') }))
      .addNode('after', async ({ answer }) => {
        await work();
        return { answer: `${answer}!` };
      })
      .addEdge(START, 'before')
      .addEdge('before', 'ask')
      .addEdge('ask', 'after')
      .addEdge('after', END)
      .compile({ name: 'bench' });
    this.#app = createApp({
      graphs: { bench: graph },
      checkpointer: (tenant) => new DynamoDBSaver({ client, table: tableName, tenant }),
    });
  }

  /** Leaves the whole cycle in the ledger. @returns the thread's id */
  async cycle(threadId: string | undefined, options: Options = {}): Promise<string> {
    this.meter.units = 0;
    const asked = await this.start(threadId, options);
    const { calls, nodes } = this.ledger;
    await this.resume(asked, options);
    this.ledger.calls.unshift(...calls);
    this.ledger.nodes.unshift(...nodes);
    return asked.threadId;
  }

  async start(threadId: string | undefined, { durability, note = noise(100), key }: Options = {}): Promise<Asked> {
    const path = threadId === undefined ? '/invoke' : `/threads/${threadId}/invoke`;
    const { thread_id, status, interrupts } = await this.#post(
      path,
      { input: { note }, durability },
      key && `${key}-start`,
    );
    if (status !== 'interrupted') throw new Error(`The start ended as ${status}.`);
    return { threadId: thread_id, questionId: interrupts[0]!.id };
  }

  async resume({ threadId, questionId }: Asked, { durability, key }: Options = {}): Promise<void> {
    const body = { answers: { [questionId]: 'yes' }, durability };
    const { status, values } = await this.#post(`/threads/${threadId}/resume`, body, key && `${key}-resume`);
    if (status !== 'done' || values['answer'] !== 'yes!') throw new Error(`The resume ended as ${status}.`);
  }

  async #post(path: string, body: unknown, key?: string): Promise<Answer> {
    this.ledger.clear();
    const response = await this.#app(
      new Request(`http://bench${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
        body: JSON.stringify(body),
      }),
    );
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as Answer;
  }
}

interface Answer {
  readonly thread_id: string;
  readonly status: string;
  readonly interrupts: readonly { readonly id: string }[];
  readonly values: Readonly<Record<string, unknown>>;
}

export function noise(length: number): string {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
}
