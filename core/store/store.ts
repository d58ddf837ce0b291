export interface BaseStore {
  get(namespace: string[], key: string): Promise<unknown>;
}
