/** What schemas make of what callers pass and nodes return: each update is parsed once, on its way in. Graphs without such schemas skip this. */
import type { RunRequest } from '../checkpoint/checkpointer.ts';
import type { RunnableConfig } from '../config.ts';
import { isObject } from '../objects.ts';
import type { GraphSpec } from '../graph/spec.ts';
import { parseWhole, parseWrites } from '../schema/parse.ts';
import { readUpdate } from './output.ts';

/** @throws SchemaError, before anything of the request has happened */
export async function parseRequest(graph: GraphSpec, request: RunRequest): Promise<RunRequest> {
  switch (request.kind) {
    case 'continue':
      return request;
    case 'input':
      return { ...request, input: await parseInput(graph, request.input) };
    case 'command': {
      const { command } = request;
      const writes = await parseWrites(
        graph.channels,
        readUpdate(graph.channels, command.update, 'Command', true),
        'Command',
      );
      return { ...request, command: { ...command, update: writes } };
    }
  }
}

/** The input, of which only the channels of the input schema are left. */
export async function parseInput(
  { channels: state, input: channels, inputSchema }: GraphSpec,
  given: unknown,
): Promise<unknown> {
  if (!channels || !isObject(given)) return given;
  const input = inputSchema ? await parseWhole(inputSchema, given, 'Input') : given;
  const read = readUpdate(channels, input, 'Input');
  const writes = inputSchema ? read : await parseWrites(channels, read, 'Input');
  const others = new Map([...state].filter(([name, channel]) => channel !== channels.get(name)));
  return Object.fromEntries(await parseWrites(others, writes, 'Input'));
}

/** The config with its context as the schema makes it, with what the schema does not know left as it was. Checks `configurable` when there is none. */
export async function parseContext<Config extends RunnableConfig>(graph: GraphSpec, config: Config): Promise<Config> {
  const { contextSchema } = graph;
  if (!contextSchema) return config;
  const { context, configurable = {} } = config;
  const parsed = await parseWhole(contextSchema, context ?? configurable, 'Context');
  return context === undefined ? config : { ...config, context: { ...context, ...(parsed as object) } };
}
