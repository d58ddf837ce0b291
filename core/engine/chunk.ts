/** The types of what streams yield. Names and shapes are LangGraph's. */
import type { Interrupt } from '../checkpoint/checkpoint.ts';
import type { INTERRUPT } from '../constants.ts';
import type { ToldMessage } from '../messages/message.ts';
import type { RunnableConfig } from '../config.ts';
import type { StreamMode } from './stream.ts';
import type { StateSnapshot, TaskSnapshot } from './snapshot.ts';

/** A message or a token of one, and what is known of the node and the model it comes from. */
// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph
export type StreamMessageOutput = [message: ToldMessage, metadata: Record<string, any>];

// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph
export type StreamDebugOutput = Record<string, any>;

export interface StreamCheckpointsOutput<Values> {
  values: Values;
  next: string[];
  config: RunnableConfig;
  metadata?: StateSnapshot['metadata'];
  parentConfig?: RunnableConfig | undefined;
  tasks: TaskSnapshot[];
}

interface StreamTask<Name> {
  id: string;
  name: Name;
  interrupts: Interrupt[];
}

export interface StreamTasksCreateOutput<Values, Name = string> extends StreamTask<Name> {
  input: Values;
  triggers: string[];
  metadata?: Record<string, unknown>;
}

export interface StreamTasksResultOutput<Update, Name = string> extends StreamTask<Name> {
  /** By channel; `{ $writes: […] }` when a channel was written more than once. */
  result: Update;
  error: unknown;
}

export type StreamTasksOutput<Update, Values, Name = string> =
  | StreamTasksCreateOutput<Values, Name>
  | StreamTasksResultOutput<Update, Name>;

/** What a tool that a node calls does. */
export type StreamToolsOutput = { toolCallId?: string; name: string } & (
  | { event: 'on_tool_start'; input: unknown }
  | { event: 'on_tool_event'; data: unknown }
  | { event: 'on_tool_end'; output: unknown }
  | { event: 'on_tool_error'; error: unknown }
);

interface Chunks<Values, Update, Names extends string, Returns, Custom> {
  values: Values & { readonly [INTERRUPT]?: Interrupt[] };
  updates: (Returns extends Record<string, unknown>
    ? { readonly [Node in keyof Returns]?: Returns[Node] }
    : { readonly [Node in Names]: Update }) & { readonly [INTERRUPT]?: Interrupt[] };
  custom: Custom;
  messages: StreamMessageOutput;
  tasks: StreamTasksOutput<Update, Values, Names>;
  checkpoints: StreamCheckpointsOutput<Values>;
  debug: StreamDebugOutput;
  tools: StreamToolsOutput;
}

/** What a stream of these modes yields. */
export type StreamOutput<
  Modes,
  Subgraphs extends boolean,
  Encoding,
  Values,
  Update,
  Names extends string,
  Returns,
  Custom,
> = Encoding extends 'text/event-stream'
  ? Uint8Array
  : Modes extends readonly (infer Mode extends StreamMode)[]
    ? {
        [M in Mode]: Subgraphs extends true
          ? [namespace: string[], mode: M, chunk: Chunks<Values, Update, Names, Returns, Custom>[M]]
          : [mode: M, chunk: Chunks<Values, Update, Names, Returns, Custom>[M]];
      }[Mode]
    : Modes extends StreamMode
      ? Subgraphs extends true
        ? [namespace: string[], chunk: Chunks<Values, Update, Names, Returns, Custom>[Modes]]
        : Chunks<Values, Update, Names, Returns, Custom>[Modes]
      : never;
