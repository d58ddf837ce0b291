/** Waits for all of them, whatever happens to one: nothing is left running. Then throws the first failure. */
export async function allOf<T>(steps: readonly (Promise<T> | undefined)[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(steps.filter((step) => step !== undefined));
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
