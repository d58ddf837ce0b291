/** A DynamoDB client for one process: it counts its calls, and what is to go wrong with one of them does. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Client } from './database.ts';

/**
 * - `before`: the process dies before the call is applied.
 * - `after`: the call is applied, and the process dies before it hears of it.
 * - `retried`: the call is applied, its answer is lost, and the SDK sends it again.
 * - `timeout`: the call is applied, and no answer comes, however often the SDK asks. The process lives.
 * - `throttled`: the call is never applied, however often the SDK asks. The process lives.
 */
export const faults = ['before', 'after', 'retried', 'timeout', 'throttled'] as const;
export type Fault = (typeof faults)[number];

export interface Strike {
  /** Which call of the process: the first one is 0. */
  readonly call: number;
  readonly fault: Fault;
}

type Send = (command: unknown, ...rest: unknown[]) => Promise<unknown>;

export class FaultyClient {
  readonly #send: Send;
  readonly #strike: Strike | undefined;
  readonly #onTheirWay = new Set<number>();
  /** Calls that were on their way while another was. */
  readonly together = new Set<number>();
  calls = 0;
  dead = false;

  /** @param kept is told of each task whose result has come into the table (C12), whether or not the process hears of it */
  constructor(client: Client, strike?: Strike, kept?: (taskId: string) => void) {
    const send = client.send.bind(client) as Send;
    this.#send = async (command) => {
      const answer = await send(command);
      const taskId = /#t#.*#([0-9a-f]{32})$/.exec(keyOf(command))?.[1];
      if (taskId && command instanceof UpdateItemCommand) kept?.(taskId);
      return answer;
    };
    this.#strike = strike;
  }

  /** The client as a saver takes it. */
  get client(): Client {
    return { send: ((command: unknown) => this.#watched(this.calls++, command)) as Client['send'] };
  }

  async #watched(call: number, command: unknown): Promise<unknown> {
    const others = this.#onTheirWay;
    if (others.size > 0) for (const one of [call, ...others]) this.together.add(one);
    others.add(call);
    return this.#call(call, command).finally(() => others.delete(call));
  }

  async #call(call: number, command: unknown): Promise<unknown> {
    if (this.dead) throw failure('ECONNRESET');
    if (call !== this.#strike?.call) return this.#send(command);
    switch (this.#strike.fault) {
      case 'before':
        this.dead = true;
        throw failure('ECONNRESET');
      case 'after':
        this.dead = true;
        await this.#send(command).catch(() => undefined);
        throw failure('ECONNRESET');
      case 'retried':
        await this.#send(command).catch(() => undefined);
        return this.#send(command);
      case 'timeout':
        await this.#send(command).catch(() => undefined);
        throw failure('TimeoutError');
      case 'throttled':
        throw failure('ThrottlingException');
    }
  }
}

function keyOf(command: unknown): string {
  const { Key } = (command as { readonly input: { readonly Key?: Record<string, { readonly S?: string }> } }).input;
  return Key?.['sk']?.S ?? '';
}

function failure(name: string): Error {
  return Object.assign(new Error(`injected ${name}`), { name });
}
