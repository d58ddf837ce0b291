/**
 * Every process dies: after each superstep that it saves, whatever runs is lost with it, and another one goes on from the store, long after. The
 * store gives copies only, frozen and gone through text.
 */
import { type Checkpointer, MemorySaver } from '../../core/index.ts';
import { Died, withClaims } from './engine.ts';
import { hostile } from './hostile.ts';

const DAY = 86_400_000;

export interface Mortal extends Checkpointer {
  deaths: number;
}

/** A store in memory whose claims end with their process. */
export function mortal(): Mortal {
  const claims = withClaims(hostile(new MemorySaver()), (claim) => {
    let dead = false;
    const alive = (): void => {
      if (dead) throw new Died();
    };
    return {
      commit: async (checkpoint, status) => {
        alive();
        await claim.commit(checkpoint, status);
        if (status !== 'running') return;
        dead = true;
        store.deaths += 1;
        alive();
      },
      release: async () => {
        alive();
        await claim.release();
      },
    };
  });
  const store: Mortal = {
    ...claims,
    deaths: 0,
    claim: (threadId, want) => {
      const later = store.deaths * DAY;
      return claims.claim(threadId, { ...want, now: want.now + later, expiresAt: want.expiresAt + later });
    },
  };
  return store;
}

interface Runs {
  readonly invoke: (input: unknown, config?: object) => Promise<unknown>;
  readonly stream: (input: unknown, config?: object) => Promise<AsyncIterable<unknown>>;
}

/** Each time by another process, which continues with null. */
async function goOn<Result>(
  input: unknown,
  config: object,
  run: (input: unknown, config: object) => Promise<Result>,
): Promise<Result> {
  for (let next = input; ; next = null) {
    try {
      return await run(next, { ...config, durability: 'sync' });
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
}

/** Has the runs of a graph, or of a class of graphs, gone on with by others until they end. */
export function survive<Graph extends object>(graph: Graph): Graph {
  const { invoke, stream } = graph as unknown as Runs;
  Object.assign(graph, {
    invoke(this: Runs, input: unknown, config: object = {}) {
      return goOn(input, config, (next, given) => invoke.call(this, next, given));
    },
    async stream(this: Runs, input: unknown, config: object = {}) {
      const chunks: unknown[] = [];
      await goOn(input, config, async (next, given) => {
        for await (const chunk of await stream.call(this, next, given)) chunks.push(chunk);
      });
      return (async function* (): AsyncGenerator {
        yield* chunks;
      })();
    },
  });
  return graph;
}
