/** One thread of one library, driven call by call. Each call's observation holds everything that a program could see of it. */
import { collect } from '../support/engine.ts';
import { build, type Probe, valuesOf } from './build.ts';
import type { Ask, Call, GraphDescription } from './description.ts';
import type { CompiledGraph, Library } from './library.ts';
import { errorShape, Ids, shapeOf, type Snapshot } from './normalise.ts';

const thread = { configurable: { thread_id: 'thread' } };
const UNKNOWN = '0123456789abcdef0123456789abcdef';

export interface Observation {
  /** A result, chunks, or an error. */
  readonly outcome: unknown;
  readonly ran: readonly string[];
  readonly state: unknown;
  readonly history: unknown;
}

export class Session {
  readonly #library: Library;
  readonly #description: GraphDescription;
  readonly #options: object;
  readonly #ids = new Ids();
  readonly #probe: Probe = { ran: [], failures: new Map() };
  #graph: CompiledGraph;
  #history: readonly Snapshot[] = [];
  /** Ids of questions that were pending before the last call. */
  #stale: readonly string[] = [];

  constructor(library: Library, description: GraphDescription, options: object = {}) {
    this.#library = library;
    this.#description = description;
    this.#options = { checkpointer: new library.MemorySaver(), ...options };
    this.#graph = this.#build();
  }

  /** Ids of the pending questions. */
  pending = (): string[] =>
    (this.#history[0]?.tasks ?? []).flatMap(({ interrupts }) => interrupts.map((one) => (one as { id: string }).id));

  get history(): readonly Snapshot[] {
    return this.#history;
  }

  async play(call: Call, nth: number): Promise<Observation> {
    if (call.fresh) this.#graph = this.#build();
    const before = this.pending();
    this.#probe.ran.length = 0;
    const outcome = this.#ids.rename(await this.#outcome(call, nth));
    const ran = [...this.#probe.ran];
    const state = await this.#graph.getState(thread).catch((error: unknown) => ({ unreadable: errorShape(error) }));
    this.#history = await collect<Snapshot>(this.#graph.getStateHistory(thread));
    this.#stale = [...before, ...this.#stale].filter((id) => !this.pending().includes(id));
    const places = new Map(this.#history.map(({ config }, i) => [config.configurable.checkpoint_id, i]));
    const shape = (one: Snapshot, live: boolean) => this.#ids.rename(shapeOf(one, (id) => places.get(id), live));
    return { outcome, ran, state: 'unreadable' in state ? state : shape(state, true), history: this.#history.map((one) => shape(one, false)) };
  }

  async #outcome(call: Call, nth: number): Promise<unknown> {
    const chunks: unknown[] = [];
    try {
      if (call.ask.do === 'update') {
        await this.#graph.updateState(this.#config(call), valuesOf(call.ask.channels, `u${nth}`), call.ask.asNode);
        return 'updated';
      }
      const config = { ...this.#config(call), recursionLimit: call.recursionLimit };
      const input = this.#input(call.ask, nth);
      if (!call.stream) return { result: await this.#graph.invoke(input, config) };
      const { modes: streamMode, subgraphs } = call.stream;
      const stream = await this.#graph.stream(input, { ...config, streamMode, subgraphs });
      for await (const chunk of stream) chunks.push(chunk);
      return { chunks };
    } catch (error) {
      return { chunks, error: errorShape(error) };
    }
  }

  #config({ at, ask, durability, interruptBefore, interruptAfter }: Call): object {
    const checkpoint_id = at === undefined ? undefined : this.#history[at]?.config.configurable.checkpoint_id;
    const configurable = { ...thread.configurable, ...(checkpoint_id !== undefined && { checkpoint_id }) };
    if (ask.do === 'update') return { configurable };
    return {
      configurable,
      durability,
      ...(interruptBefore && { interruptBefore }),
      ...(interruptAfter && { interruptAfter }),
    };
  }

  #input(ask: Exclude<Ask, { do: 'update' }>, nth: number): unknown {
    const { Command } = this.#library;
    switch (ask.do) {
      case 'input':
        return valuesOf(ask.channels, `in${nth}`);
      case 'continue':
        return null;
      case 'answer':
        return new Command({ resume: ask.value });
      case 'answers': {
        const chosen = this.pending().filter((_, i) => ask.some[i % ask.some.length]);
        const answered = chosen.length > 0 ? chosen : this.pending();
        return new Command({ resume: Object.fromEntries(answered.map((id, i) => [id, `a${nth}.${i}`])) });
      }
      case 'wrong':
        return new Command({ resume: { [(ask.id === 'stale' && this.#stale[0]) || UNKNOWN]: 'wrong' } });
      case 'command':
        return new Command({
          ...(ask.channels.length > 0 && { update: valuesOf(ask.channels, `c${nth}`) }),
          ...(ask.goto.length > 0 && { goto: ask.goto }),
        });
    }
  }

  #build(): CompiledGraph {
    return build(this.#library, this.#description, this.#probe, this.#options);
  }
}
