/**
 * An application with threads in every state, and what must hold whatever it is sent.
 *
 * - F1 It answers. Refusals are problems with a code of the table; of 5xx only those that say that a run failed.
 * - F2 No other thread changes, and the addressed one only when the request was accepted.
 * - F3 The store is asked for the addressed thread of the caller's tenant, and for nothing else; a GET writes nothing.
 * - F4 No prototype changes, and what was put into the state comes back as it was, whatever its keys.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type Checkpointer, interrupt, START, StateGraph } from '../../../core/index.ts';
import { type Application, createApp } from '../../../functions/app.ts';
import { asking, askingTwice, oneNode, steps } from '../http-graphs.ts';
import { client, START_TIME } from '../http.ts';
import type { FuzzRequest, Known } from './requests.ts';
import { answered, polluted, returned } from './response.ts';

export interface Backing {
  readonly checkpointer: Checkpointer;
  readonly tenant: string;
  /** What the store was asked for since the last time: partition keys, and whether they were written to. */
  asked(): readonly { readonly pk: string; readonly write: boolean }[];
  /** Whether reading every thread after every request costs next to nothing. Where not, F3 stands for the threads that are not addressed. */
  readonly cheap: boolean;
}

const THREADS = ['asks', 'twice', 'strict', 'done', 'failed', 'paused', 'new', 'x'.repeat(256)];

export class World {
  readonly #back: (build: number) => Backing;
  #builds = 0;
  #dirty = false;
  #backing!: Backing;
  #app!: Application;
  #before!: Map<string, unknown>;
  requests = 0;
  /** Requests by status, and by code where there is one. */
  readonly answers = new Map<string, number>();

  /** @param back an empty store */
  constructor(back: (build: number) => Backing) {
    this.#back = back;
  }

  /** The threads as they always begin, ids included. */
  async build(): Promise<Known> {
    this.#backing = this.#back(++this.#builds);
    this.#dirty = false;
    let ids = 0;
    this.#app = createApp({
      graphs: { asks: asking(), twice: askingTwice(), steps: steps(), work: oneNode(work), strict: strict() },
      checkpointer: () => this.#backing.checkpointer,
      newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
      now: () => START_TIME,
      log: () => undefined,
    });
    const send = client((request) => this.#app(request));
    const begin = async (thread: string, graph: string, more: object = {}): Promise<void> => {
      await send('POST', `/threads/${thread}/invoke`, { graph, input: { topic: thread }, ...more });
    };
    await begin('asks', 'asks');
    await begin('twice', 'twice');
    await begin('strict', 'strict');
    await begin('done', 'steps', { durability: 'sync' });
    await begin('failed', 'work', { input: { topic: 'fail' } });
    await begin('paused', 'steps', { interrupt_before: ['two'] });
    this.#before = await this.#look(THREADS);
    this.#backing.asked();
    const found = [...this.#before.values()] as { head?: { pending: string[] }; history: { id: string }[] }[];
    return {
      threads: THREADS.slice(0, 6),
      interrupts: found.flatMap(({ head }) => head?.pending ?? []),
      checkpoints: found.flatMap(({ history }) => history.map(({ id }) => id)),
    };
  }

  /** As it was in the beginning. */
  async reset(): Promise<void> {
    if (this.#dirty) await this.build();
  }

  /** @returns what is wrong, as text */
  async send(asked: FuzzRequest): Promise<string[]> {
    this.requests += 1;
    const url = new URL(`http://localhost${asked.path}`);
    const body = ['GET', 'HEAD'].includes(asked.method) ? undefined : asked.body;
    const { method, headers } = asked;
    const request = new Request(url, { method, headers, ...(body !== undefined && { body: body as string }) });
    let response: Response;
    let text: string;
    try {
      response = await this.#app(request);
      text = await response.text();
    } catch (error) {
      this.#dirty = true;
      return [`F1: the application rejects with ${inspect(error)}`];
    }
    const { status } = response;
    const [, code] = status < 400 ? [] : (/"code":"(\w+)"/.exec(text) ?? []);
    const answer = code === undefined ? `${status}` : `${status} ${code}`;
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    const refused = method === 'GET' || (status >= 400 && status < 500);
    if (!refused) this.#dirty = true;
    const thread = threadOf(url.pathname);
    return [
      ...answered(response, text),
      ...(await this.#touched(thread, refused)),
      ...this.#stored(thread, method, url.pathname),
      ...polluted(),
      ...(status === 200 ? returned(method, body, text, response) : []),
    ];
  }

  /** F2 */
  async #touched(thread: string | undefined, refused: boolean): Promise<string[]> {
    this.#asked = this.#backing.asked();
    const watched = this.#backing.cheap ? THREADS : THREADS.filter((name) => name === thread);
    const now = await this.#look(watched);
    this.#backing.asked();
    const wrong: string[] = [];
    for (const [name, after] of now) {
      const may = name === thread && !refused;
      if (may) this.#before.set(name, after);
      else if (!isDeepStrictEqual(after, this.#before.get(name))) {
        wrong.push(
          `F2: thread ${name} has changed from ${inspect(this.#before.get(name), { depth: 9 })} to ${inspect(after, { depth: 9 })}`,
        );
      }
    }
    return wrong;
  }

  #asked: ReturnType<Backing['asked']> = [];

  /** F3 */
  #stored(thread: string | undefined, method: string, path: string): string[] {
    const { tenant } = this.#backing;
    return this.#asked.flatMap(({ pk, write }) => {
      if (write && method === 'GET') return [`F3: GET wrote to ${pk}`];
      const name = pk.startsWith(`${tenant}#`) ? pk.slice(tenant.length + 1) : undefined;
      if (thread === undefined ? path === '/invoke' && name !== undefined && !THREADS.includes(name) : name === thread)
        return [];
      return [`F3: ${method} ${path} asked the store for ${pk}`];
    });
  }

  async #look(threads: readonly string[]): Promise<Map<string, unknown>> {
    const { checkpointer } = this.#backing;
    const seen = new Map<string, unknown>();
    for (const thread of threads) {
      const history: unknown[] = [];
      for await (const checkpoint of checkpointer.chain(thread)) history.push(checkpoint);
      seen.set(thread, { head: (await checkpointer.load(thread))?.head, history });
    }
    return seen;
  }
}

function work({ topic }: { readonly topic: unknown }): object {
  if (topic === 'fail') throw new Error('told to fail');
  return { answer: topic };
}

/** Takes topics that are texts, and answers that are numbers: what it refuses is found out when the claim has been taken. */
function strict() {
  const state = z.object({ topic: z.string(), answer: z.number().optional() });
  return new StateGraph(state)
    .addNode('ask', () => ({ answer: interrupt<string, number>('how many?', { responseSchema: z.number() }) }))
    .addEdge(START, 'ask')
    .compile();
}

function threadOf(path: string): string | undefined {
  const [, segment] = /^\/threads\/([^/]+)/.exec(path) ?? [];
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
