/** Which items of a thread's partition a storage call touches, so that calls that cannot notice each other are told. Conservative. */

export interface Footprint {
  readonly writes: boolean;
  /** Ranges of sort keys, both ends included. */
  readonly ranges: readonly (readonly [from: string, to: string])[];
}

type Keyed = { readonly sk?: { readonly S?: string } };

interface Input {
  readonly Key?: Keyed;
  readonly Item?: Keyed;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Keyed }; DeleteRequest?: { Key: Keyed } }[]>
  >;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
}

export function footprintOf(command: unknown): Footprint {
  const { input } = command as { readonly input: Input };
  const name = (command as object).constructor.name;
  if (name === 'QueryCommand') {
    const values = input.ExpressionAttributeValues ?? {};
    return { writes: false, ranges: [[values[':from']?.S ?? '', values[':to']?.S ?? '\uffff']] };
  }
  const batch = Object.values(input.RequestItems ?? {}).flat();
  const keys = [
    input.Key,
    input.Item,
    ...batch.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key),
  ];
  const names = keys.flatMap((key) => key?.sk?.S ?? []);
  return { writes: name !== 'GetItemCommand', ranges: names.map((sk) => [sk, sk]) };
}

/** Whether it makes no difference which of two calls comes first. */
export function commute(a: Footprint, b: Footprint): boolean {
  if (!a.writes && !b.writes) return true;
  return a.ranges.every(([from, to]) => b.ranges.every(([start, end]) => end < from || to < start));
}
