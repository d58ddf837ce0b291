/** One thread of one library, driven call by call. Each call's observation holds everything that a program could see of it. */
import { collect } from '../support/engine.ts';
import { build, type Probe, valuesOf } from './build.ts';
import { type Ask, type Call, type GraphDescription, nested } from './description.ts';
import type { CompiledGraph, Library } from './library.ts';
import { errorShape, Ids, type Question, shapeOf, type Snapshot, sorted, UNDEFINED, withSorted } from './normalise.ts';

const thread = { configurable: { thread_id: 'thread' } };
const UNKNOWN = '0123456789abcdef0123456789abcdef';

export interface Observation {
  /** A result, chunks, or an error. */
  readonly outcome: unknown;
  readonly ran: readonly string[];
  readonly state: unknown;
  readonly history: readonly unknown[];
}

export interface Quirks {
  /** Give bare answers by id too. */
  readonly answersById?: boolean;
  /** Answered questions are still shown: leave them out. */
  readonly showsAnswered?: boolean;
}

export class Session {
  readonly #library: Library;
  readonly #description: GraphDescription;
  readonly #options: object;
  readonly #quirks: Quirks;
  readonly #ids = new Ids();
  readonly #probe: Probe = { ran: [], failures: new Map() };
  #graph: CompiledGraph;
  /** K1: LangGraph shows a Command's update and gotos with the checkpoint before it too, so the past is not compared from then on. */
  #commanded = false;
  #history: readonly Snapshot[] = [];
  /** Ids of questions that have been answered, and of those whose superstep still waits for others. */
  readonly #answered = new Set<string>();
  readonly #settled = new Set<string>();

  constructor(library: Library, description: GraphDescription, quirks: Quirks = {}, options: object = {}) {
    this.#library = library;
    this.#quirks = quirks;
    this.#description = description;
    this.#options = { checkpointer: new library.MemorySaver(), ...options };
    this.#graph = this.#build();
  }

  /** The pending questions, by what they ask. */
  pending(): Question[] {
    const asked = (this.#history[0]?.tasks ?? []).flatMap(({ interrupts }) => interrupts);
    return sorted(this.#quirks.showsAnswered ? asked.filter(({ id }) => !this.#answered.has(id)) : asked);
  }

  /** Some of the superstep's questions have been answered. */
  get partly(): boolean {
    return this.#settled.size > 0;
  }

  get history(): readonly Snapshot[] {
    return this.#history;
  }

  /** @param refused the call answers nothing */
  async play(call: Call, nth: number, refused = false): Promise<Observation> {
    if (call.fresh) this.#graph = this.#build();
    this.#probe.ran.length = 0;
    const before = this.#history[0];
    const pending = this.pending();
    const settled = new Set(this.#settled);
    const outcome = await this.#outcome(call, nth);
    const ran = [...this.#probe.ran];
    const state = await this.#graph.getState(thread).catch((error: unknown) => ({ unreadable: errorShape(error) }));
    this.#history = await collect<Snapshot>(this.#graph.getStateHistory(thread));
    const answered = refused ? [] : chosen(call.ask, pending);
    for (const { id } of answered) this.#answered.add(id);
    if (this.#history[0]?.metadata?.step === before?.metadata?.step)
      for (const { id } of answered) this.#settled.add(id);
    const places = new Map(this.#history.map(({ config }, i) => [config.configurable.checkpoint_id, i]));
    const look = {
      place: (id: string | undefined) => places.get(id),
      shows: ({ id }: Question) => !this.#quirks.showsAnswered || !this.#settled.has(id),
    };
    const shape = (one: Snapshot) => this.#ids.rename(shapeOf(one, look));
    // The state's ids are named first: they stand in the order of its tasks, not in that of their ends.
    const shown = 'unreadable' in state ? state : shape(state);
    this.#commanded ||= call.ask.do === 'command' && !refused;
    const history = this.#history.map((one, i) => (i > 0 && this.#commanded ? placeOf(one) : shape(one)));
    const told = this.#quirks.showsAnswered ? withoutQuestions(outcome, settled) : outcome;
    return { outcome: withSorted(this.#ids.rename(told, nested(this.#description))), ran, state: shown, history };
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
      if (!call.stream) {
        const result = (await this.#graph.invoke(input, config)) as unknown;
        return { result: result === undefined ? UNDEFINED : result };
      }
      const { modes: streamMode, subgraphs } = call.stream;
      const stream = await this.#graph.stream(input, { ...config, streamMode, subgraphs });
      for await (const chunk of stream) chunks.push(chunk);
      return { chunks };
    } catch (error) {
      if (call.ask.do === 'update') return { chunks, error: { refused: 'update' } };
      // T2: LangGraph tells questions as they are asked, before the failure of a sibling too.
      return {
        chunks: chunks.filter((chunk) => !JSON.stringify(chunk).includes('__interrupt__')),
        error: errorShape(error),
      };
    }
  }

  #config({ at, ask, durability, interruptBefore, interruptAfter }: Call): object {
    const checkpoint_id =
      at === undefined ? undefined : this.#history[at % this.#history.length]?.config.configurable.checkpoint_id;
    const configurable = {
      ...thread.configurable,
      ...(checkpoint_id !== undefined && { checkpoint_id, checkpoint_ns: '' }),
    };
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
      case 'answer': {
        const [question] = this.pending();
        return new Command({ resume: question && this.#quirks.answersById ? { [question.id]: ask.value } : ask.value });
      }
      case 'answers':
        return new Command({
          resume: Object.fromEntries(chosen(ask, this.pending()).map(({ id }, i) => [id, `a${nth}.${i}`])),
        });
      case 'wrong': {
        const [stale = UNKNOWN] = this.#answered;
        return new Command({ resume: { [ask.id === 'stale' ? stale : UNKNOWN]: 'wrong' } });
      }
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

/** What a checkpoint tells of its tasks, without the questions that had been answered before the call. LangGraph tells them for ever. */
function withoutQuestions(told: unknown, answered: ReadonlySet<string>): unknown {
  if (Array.isArray(told)) return told.map((one) => withoutQuestions(one, answered));
  if (typeof told !== 'object' || told === null || told instanceof Error) return told;
  return Object.fromEntries(
    Object.entries(told).map(([key, value]) => [
      key,
      key === 'interrupts' && Array.isArray(value)
        ? (value as Question[]).filter(({ id }) => !answered.has(id))
        : withoutQuestions(value, answered),
    ]),
  );
}

function placeOf({ metadata }: Snapshot): unknown {
  return { source: metadata?.source, step: metadata?.step };
}

/** The questions that a call answers. */
function chosen(ask: Ask, pending: readonly Question[]): readonly Question[] {
  if (ask.do === 'answer') return pending;
  if (ask.do !== 'answers') return [];
  const some = pending.filter((_, i) => ask.some[i % ask.some.length]);
  return some.length > 0 ? some : pending;
}
