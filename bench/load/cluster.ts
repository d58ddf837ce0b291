/** Two server processes on one table, which may be killed at any time: another one takes the place of a dead one. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { WORK } from '../compile.ts';

export interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  // eslint-disable-next-line typescript/no-explicit-any -- JSON off the wire
  readonly body: any;
}

interface Server {
  readonly child: ChildProcess;
  readonly address: string;
}

export class Cluster {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #file: string;
  readonly #servers: (Server | undefined)[] = [];
  #turn = 0;
  kills = 0;

  private constructor(file: string, environment: Readonly<Record<string, string>>) {
    this.#file = file;
    this.#environment = environment;
  }

  /** @param environment of the servers */
  static async start(environment: Readonly<Record<string, string>>): Promise<Cluster> {
    const outfile = join(WORK, 'load-server.mjs');
    const banner = {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    };
    await build({
      entryPoints: [new URL('server.ts', import.meta.url).pathname],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner,
      logLevel: 'error',
    });
    const cluster = new Cluster(outfile, environment);
    await Promise.all([cluster.#start(0), cluster.#start(1)]);
    return cluster;
  }

  /** To either server, in turn. @returns undefined when there was no answer: nobody knows then what has happened */
  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer | undefined> {
    const server = this.#servers[this.#turn++ % 2] ?? this.#servers[this.#turn % 2];
    if (!server) return undefined;
    try {
      const response = await fetch(server.address + path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const replayed = response.headers.get('idempotency-replayed') === 'true';
      return { status: response.status, replayed, body: await response.json() };
    } catch {
      return undefined;
    }
  }

  /** `kill -9` for one of them, and another one in its place. */
  async kill(which: number): Promise<void> {
    const server = this.#servers[which];
    this.#servers[which] = undefined;
    if (server) await end(server);
    this.kills += 1;
    await this.#start(which);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map(async (server) => server && end(server)));
  }

  async #start(which: number): Promise<void> {
    const child = fork(this.#file, { env: { ...process.env, ...this.#environment }, execArgv: [] });
    const [port] = (await once(child, 'message')) as [number];
    this.#servers[which] = { child, address: `http://127.0.0.1:${port}` };
  }
}

async function end({ child }: Server): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
