/** Updates as the schemas of their channels make them. */
import type { Channel } from '../channel.ts';
import { SchemaError } from '../errors.ts';

type Writes = readonly (readonly [channel: string, value: unknown])[];

/** @throws SchemaError naming every field that its schema refuses */
export async function parseWrites(
  channels: ReadonlyMap<string, Channel>,
  writes: Writes,
  who: string,
): Promise<Writes> {
  const results = await Promise.all(writes.map(async ([name, update]) => channels.get(name)?.parse?.(update)));
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
