/** `AsyncBatchedStore`: passes what is asked of it in one go to another store as one batch. Before `start` and after `stop` it collects. */
import { BaseStore, type Operation, type OperationResults } from './store.ts';

interface Waiting {
  readonly operation: Operation;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class AsyncBatchedStore extends BaseStore {
  readonly lg_name = 'AsyncBatchedStore';
  protected readonly store: BaseStore;
  #queue: Waiting[] = [];
  #running = false;
  #processing: Promise<void> | undefined;

  constructor(store: BaseStore) {
    super();
    this.store = store;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  override async batch<Operations extends readonly Operation[]>(
    operations: Operations,
  ): Promise<OperationResults<Operations>> {
    const results = operations.map(
      (operation) => new Promise((resolve, reject) => void this.#queue.push({ operation, resolve, reject })),
    );
    if (this.#running) this.#processing ??= this.#process();
    return (await Promise.all(results)) as OperationResults<Operations>;
  }

  override start(): void {
    this.#running = true;
    this.#processing ??= this.#process();
  }

  override async stop(): Promise<void> {
    this.#running = false;
    await this.#processing;
  }

  async #process(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const results: unknown[] = await this.store.batch(batch.map(({ operation }) => operation));
        for (const [at, { resolve }] of batch.entries()) resolve(results[at]);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#processing = undefined;
  }
}
