/**
 * The state of a graph as channels: written by reducers, read by nodes and callers. Pure.
 *
 * - S5 A channel that no task wrote keeps its very `Stored` object.
 */
import type { Stored, TaskResult } from '../checkpoint/checkpoint.ts';
import { lend, newState } from '../checkpoint/texts.ts';
import { END } from '../constants.ts';
import { copyOf } from '../maps.ts';
import type { GraphSpec } from '../graph/spec.ts';

/** @throws InvalidUpdateError */
export function reduceWrites(
  graph: GraphSpec,
  channels: ReadonlyMap<string, Stored>,
  writes: TaskResult['writes'],
  version: number,
): ReadonlyMap<string, Stored> {
  if (writes.length === 0) return channels;
  const next = copyOf(channels);
  for (const [name, list] of byChannel(writes)) {
    const channel = graph.channels.get(name);
    if (!channel) continue;
    next.set(name, { version, value: channel.reduce(currentOf(graph, channels, name), list, name) });
  }
  return next;
}

/** The state as nodes and callers see it: channels that are set, or have an initial value. */
export function readState(
  graph: GraphSpec,
  channels: ReadonlyMap<string, Stored>,
  names: Iterable<string> = graph.channels.keys(),
): Record<string, unknown> {
  if (graph.read) return graph.read(channels) as Record<string, unknown>;
  const state: Record<string, unknown> = {};
  for (const name of names) {
    const current = currentOf(graph, channels, name);
    if (current) state[name] = current.value;
  }
  return state;
}

/** As `readState`, for nodes and routers: they may change values in place. */
export function lendState(
  graph: GraphSpec,
  channels: ReadonlyMap<string, Stored>,
  names: Iterable<string> = graph.channels.keys(),
): Record<string, unknown> {
  const state = newState(channels);
  for (const name of names) {
    const stored = channels.get(name);
    const initial = stored ? undefined : currentOf(graph, channels, name);
    if (stored) lend(state, name, stored);
    else if (initial) state[name] = initial.value;
  }
  return state;
}

/** What a function returned, which is the whole of what it wrote. */
export function returnedIn(writes: TaskResult['writes']): TaskResult['writes'][number] | undefined {
  return writes.find(([channel]) => channel === END);
}

/** What a channel was given; all of it when it was written more than once. */
export function writesByChannel(writes: TaskResult['writes']): Record<string, unknown> {
  return Object.fromEntries(
    [...byChannel(writes)].map(([channel, all]) => [channel, all.length === 1 ? all[0] : { $writes: all }]),
  );
}

function byChannel(writes: TaskResult['writes']): ReadonlyMap<string, unknown[]> {
  const updates = new Map<string, unknown[]>();
  for (const [channel, value] of writes) {
    const list = updates.get(channel);
    if (list) list.push(value);
    else updates.set(channel, [value]);
  }
  return updates;
}

function currentOf(
  graph: GraphSpec,
  channels: ReadonlyMap<string, Stored>,
  name: string,
): { value: unknown } | undefined {
  const stored = channels.get(name);
  if (stored) return stored;
  const channel = graph.channels.get(name);
  return channel?.initial && { value: channel.initial() };
}
