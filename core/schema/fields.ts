/** From the fields of a StateSchema and the shapes of Zod objects to channels. */
import { type Channel, lastValue, reduced, untracked } from '../channel.ts';
import { HoldpointError, quote } from '../errors.ts';
import { getSchemaDefaultGetter, isStandardSchema } from './standard.ts';
import { ReducedValue, UntrackedValue } from './values.ts';

export function channelsOfFields(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(fields).map(([name, field]) => [name, channelOf(field, name)]));
}

function channelOf(field: unknown, name: string): Channel {
  if (field instanceof ReducedValue) return reduced(field.reducer, getSchemaDefaultGetter(field.valueSchema));
  if (field instanceof UntrackedValue) return untracked(field.guard, getSchemaDefaultGetter(field.schema));
  if (isStandardSchema(field)) return lastValue(getSchemaDefaultGetter(field));
  throw new HoldpointError('invalid_argument', `State key "${name}": expected a schema, got ${quote(field)}.`);
}
