/** A client that drives a scenario through processes that fail: after every failure another process goes on, long after. */
import { DynamoDBSaver } from '../../core/checkpoint/dynamodb/index.ts';
import { Command, isGraphDrained, isHoldpointError, RunControl } from '../../core/index.ts';
import type { Database } from './database.ts';
import { FaultyClient, type Strike } from './faulty.ts';
import { lookAtLists } from './lists.ts';
import type { Graph, Ledger, Scenario, Step } from './scenarios.ts';

export interface Outcome {
  readonly values: unknown;
  readonly next: readonly string[];
  readonly pending: readonly unknown[];
  readonly effects: readonly { readonly name: string; readonly key: string | undefined }[];
  /** Keys of tasks whose results were kept (C12), and of those of them that ran again. */
  readonly kept: readonly string[];
  readonly ranAgain: readonly string[];
  /** Calls of each process, in order. */
  readonly calls: readonly number[];
  /** Which of them were on their way together with another, of each process. */
  readonly together: readonly ReadonlySet<number>[];
  /** What lists said that was not so, after each failure and in the end. */
  readonly misled: readonly string[];
}

/** More processes than any fault can cost. */
const PATIENCE = 8;
const DAY = 86_400_000;

/** @param strikes what goes wrong in the first process, in the second … */
export async function drive(
  scenario: Scenario,
  database: Database,
  threadId: string,
  strikes: readonly Strike[],
): Promise<Outcome> {
  const { name, steps, durability = 'exit', drains } = scenario;
  const effects: Outcome['effects'][number][] = [];
  const ledger: Ledger = { effect: (effect, key) => void effects.push({ name: effect, key }) };
  const ran = (key: string): number => effects.filter((effect) => effect.key === key).length;
  const kept = new Map<string, number>();
  const processes: FaultyClient[] = [];
  const misled: string[] = [];
  const tenant = threadId.replaceAll(' ', '-'); // of its own: whose lists have this thread and no other
  const config = { configurable: { thread_id: threadId }, durability };

  interface Process {
    readonly graph: Graph;
    readonly saver: DynamoDBSaver;
  }
  const boot = (): Process => {
    const number = processes.length;
    if (number > PATIENCE) throw new Error(`${name}: the thread is stuck`);
    const faulty = new FaultyClient(
      database.client,
      strikes[number],
      (key) => void kept.set(key, kept.get(key) ?? ran(key)),
    );
    processes.push(faulty);
    const now = (): number => Date.UTC(2026, 0, 1) + number * DAY;
    const saver = new DynamoDBSaver({ client: faulty.client, table: database.table, tenant, clock: now });
    return { graph: scenario.graph(ledger, { checkpointer: saver, now }), saver };
  };

  const observer = new DynamoDBSaver({ ...database, tenant });
  const dies = strikes.some(({ fault }) => fault === 'before' || fault === 'after');
  let waits = false;
  const look = async (): Promise<void> => {
    const now = Date.UTC(2026, 0, 1) + processes.length * DAY; // when whatever was cut off has expired
    const seen = await lookAtLists({ ...database, tenant, threadId, now }, waits);
    misled.push(...seen.misled);
    waits = seen.waits;
  };

  let running = boot();
  for (const step of steps) {
    const asked = await settled(() => pendingIds(running.graph, step));
    for (let again = false; ; again = true) {
      try {
        if (again && (await happened(running, step, asked))) break;
        if (again && dies) await look();
        await act(running, step);
        break;
      } catch {
        if (dies) await look();
        running = boot();
      }
    }
    const left = await observer.load(threadId);
    waits = left !== undefined && left.head.status !== 'done';
  }
  await look();
  const { values, next, tasks } = await settled(() => running.graph.getState(config));
  return {
    values,
    next,
    pending: tasks.flatMap(({ interrupts }) => interrupts.map(({ value }) => value)),
    effects,
    kept: [...kept.keys()],
    ranAgain: [...kept].filter(([key, times]) => ran(key) > times).map(([key]) => key),
    calls: processes.map(({ calls }) => calls),
    together: processes.map(({ together }) => together),
    misled,
  };

  /** Reads until a process lives that can. */
  async function settled<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read();
      } catch {
        running = boot();
      }
    }
  }

  async function act({ graph, saver }: Process, step: Step): Promise<void> {
    switch (step.do) {
      case 'start':
        await graph.invoke(step.input, config);
        return;
      case 'answer': {
        const answers = new Map<string, unknown>();
        for (const { id, value } of await pending(graph)) {
          if (Object.hasOwn(step.answers, value as string)) answers.set(id, step.answers[value as string]);
        }
        await graph.invoke(answers.size > 0 ? new Command({ resume: Object.fromEntries(answers) }) : null, config);
        return;
      }
      case 'update':
        await graph.updateState(config, step.values, step.asNode);
        return;
      case 'travel': {
        for await (const { config: old, next: waits } of graph.getStateHistory(config)) {
          if (!waits.includes(step.next)) continue;
          await graph.invoke(null, { ...config, ...old });
          return;
        }
        throw new Error(`${name}: no checkpoint waits for ${step.next}`);
      }
      case 'delete':
        await saver.deleteThread(threadId);
    }
  }

  /** Whether a step that failed has happened all the same, now that whatever was accepted has been gone on with. */
  async function happened({ graph, saver }: Process, step: Step, before: readonly string[]): Promise<boolean> {
    if (step.do === 'delete') return (await saver.load(threadId)) === undefined;
    try {
      if (drains) await drain(graph);
      await graph.invoke(null, config);
    } catch (error) {
      if (isHoldpointError(error) && error.code === 'unknown_thread') return false;
      throw error;
    }
    if (step.do === 'start') return true;
    if (step.do === 'update') return step.done((await graph.getState(config)).values as never);
    if (step.do === 'travel') return isFork(graph);
    const now = (await pending(graph)).map(({ id }) => id);
    return !before.some((id) => now.includes(id));
  }

  async function drain(graph: Graph): Promise<void> {
    const control = new RunControl();
    control.requestDrain();
    await graph.invoke(null, { ...config, control }).catch((error: unknown) => {
      if (!isGraphDrained(error)) throw error;
    });
  }

  async function isFork(graph: Graph): Promise<boolean> {
    for await (const { metadata } of graph.getStateHistory(config)) {
      if ((metadata as { source: string }).source === 'fork') return true;
    }
    return false;
  }

  async function pending(graph: Graph): Promise<{ readonly id: string; readonly value: unknown }[]> {
    return (await graph.getState(config)).tasks.flatMap(({ interrupts }) => interrupts);
  }

  /** The questions that a step is going to answer. */
  async function pendingIds(graph: Graph, step: Step): Promise<string[]> {
    if (step.do !== 'answer') return [];
    const asked = (await pending(graph)).filter(({ value }) => Object.hasOwn(step.answers, value as string));
    return asked.map(({ id }) => id);
  }
}
