/** Updates as the schemas of their channels make them. */
import type { Channel } from '../channel.ts';
import { SchemaError } from '../errors.ts';
import type { SchemaResult, StandardSchema } from './standard.ts';

/** @throws SchemaError */
export async function parseWhole<Value>(
  schema: StandardSchema<unknown, Value>,
  value: unknown,
  who: string,
): Promise<Value> {
  const result = await schema['~standard'].validate(value);
  if (result.issues) throw new SchemaError(who, result.issues);
  return result.value;
}

type Writes = readonly (readonly [channel: string, value: unknown])[];

type Parsed = SchemaResult<unknown> | undefined;

/**
 * A promise only where a schema is asynchronous: most are not, and a step should not wait for them.
 * @throws SchemaError naming every field that its schema refuses
 */
export function parseWrites(
  channels: ReadonlyMap<string, Channel>,
  writes: Writes,
  who: string,
): Writes | Promise<Writes> {
  const results = writes.map(([name, update]) => channels.get(name)?.parse?.(update));
  if (results.every(isSettled)) return parsedWrites(writes, results, who);
  return Promise.all(results.map(async (result) => result)).then((all) => parsedWrites(writes, all, who));
}

/** A thenable of another library is a promise too. */
function isSettled(result: Parsed | Promise<Parsed>): result is Parsed {
  return result === undefined || !('then' in result);
}

function parsedWrites(writes: Writes, results: readonly Parsed[], who: string): Writes {
  const issues = results.flatMap((result, i) => {
    const [name, update] = writes[i]!;
    // A key without a value is a key that was left out.
    if (!result?.issues || update === undefined) return [];
    return result.issues.map((issue) => ({ ...issue, path: [name, ...(issue.path ?? [])] }));
  });
  if (issues.length > 0) throw new SchemaError(who, issues);
  return writes.map((write, i) => {
    const result = results[i];
    return result && !result.issues ? [write[0], result.value] : write;
  });
}
