/** What every LangChain Runnable can do besides, by shape: a graph as a step of a sequence, and as a tool of a model. */
import type { RunnableConfig } from '../config.ts';
import { invalidArgument } from '../errors.ts';
import { parseWhole } from '../schema/parse.ts';
import { isStandardSchema, type StandardSchema } from '../schema/standard.ts';
import type { StreamConfig } from './options.ts';
import { gathered, Piped, type RunnableMethods, type Step } from './pipe.ts';

export interface ToolFields<Args> {
  /** @default the graph's */
  readonly name?: string;
  /** @default the schema's */
  readonly description?: string;
  /** Of what a model calls it with: the graph's input. A JSON Schema is for the model alone. */
  readonly schema: StandardSchema<unknown, Args> | Readonly<Record<string, unknown>>;
}

/** What tools are: "holdpoint/langchain" says that they are LangChain's. */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface
export interface ToolClasses {}

type StreamEvents = ToolClasses extends { readonly streamEvents: infer Method } ? Method : () => never;

type AsTool<Args, Output> = ToolClasses extends { readonly tool: infer Tool } ? Tool : GraphTool<Args, Output>;

// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface, typescript/no-unsafe-declaration-merging
export interface GraphRunnable<Input, Output> extends RunnableMethods<Input, Output> {}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export abstract class GraphRunnable<Input, Output> {
  // As LangGraph's and LangChain's own programs tell what a graph is.
  readonly lg_is_pregel = true;
  readonly lc_runnable = true;
  readonly lc_namespace = ['langgraph', 'pregel'];
  readonly lc_id = ['langgraph', 'pregel', 'CompiledStateGraph'];

  abstract getName(suffix?: string): string;
  abstract invoke(input: Input, config?: RunnableConfig): Promise<Output>;
  abstract stream(input: Input, config?: never): Promise<AsyncIterable<unknown>>;

  /** As a step of a LangChain sequence that is streamed: `stream` of what the step before it streamed. */
  async *transform(inputs: AsyncIterable<Input>, config?: StreamConfig): AsyncGenerator {
    yield* await this.stream(await gathered(inputs), config as never);
  }

  /** This graph, and then a step that takes its result: a function, a Runnable, or an object of them. */
  pipe<Next>(step: Step<Output, Next>): Piped<Input, Awaited<Next>> {
    return new Piped([this as Step, step]);
  }

  /**
   * This graph as a tool of a model: its input is what the model calls it with.
   * @example
   * model.bindTools([graph.asTool({ name: 'research', description: 'Looks it up.', schema: z.object({ topic: z.string() }) })]);
   */
  asTool<Args>(fields: ToolFields<Args>): AsTool<Args, Output> {
    return new GraphTool<Args, Output>(this as Step, { name: this.getName(), ...fields }) as unknown as AsTool<
      Args,
      Output
    >;
  }

  /** As LangChain writes down what it cannot load again. */
  toJSON(): object {
    return { lc: 1, type: 'not_implemented', id: this.lc_id };
  }

  /** LangChain's events, from "holdpoint/langchain". */
  declare streamEvents: StreamEvents;
}

GraphRunnable.prototype.streamEvents = (): never => {
  throw invalidArgument(
    'streamEvents() is LangChain\'s: import from "holdpoint/langchain", or use stream(), streamMode "messages".',
  );
};

/** Takes its arguments, or the call of a model that has them. */
export class GraphTool<Args, Output> extends Piped<Args, Output> {
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: ToolFields<Args>['schema'];

  constructor(graph: Step, { name, description, schema }: ToolFields<Args> & { readonly name: string }) {
    super([(given: unknown) => argsOf(given, this), graph]);
    this.name = name;
    this.schema = schema;
    this.description = description ?? (schema as { readonly description?: string }).description;
  }

  /** By this LangChain tells what can be bound to a model. */
  static override lc_name(): string {
    return 'RunnableToolLike';
  }
}

async function argsOf(given: unknown, { name, schema }: GraphTool<unknown, unknown>): Promise<unknown> {
  const { type, args } = Object(given) as { readonly type?: unknown; readonly args?: unknown };
  if (type !== 'tool_call') return given;
  return isStandardSchema(schema) ? parseWhole(schema, args, `Call of tool "${name}"`) : args;
}
