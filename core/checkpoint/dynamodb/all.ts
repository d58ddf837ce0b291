/** Waits for all of them, whatever happens to one: nothing is left running. Then throws the first failure. */
export async function allOf(steps: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const outcomes = await Promise.allSettled(steps.filter((step) => step !== undefined));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
