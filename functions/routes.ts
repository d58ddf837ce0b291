/**
 * The route table: one place, read by the application (to dispatch) and by infra (to declare the API's resources).
 * A path segment in braces is a parameter, written as API Gateway writes it.
 */
export type RouteName = 'ok' | 'start' | 'invoke' | 'resume' | 'thread' | 'state' | 'history' | 'delete';

export interface Route {
  readonly name: RouteName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Served without an API key: health checks. @default false */
  readonly open?: boolean;
}

export const routes: readonly Route[] = [
  { name: 'ok', method: 'GET', path: '/ok', open: true },
  { name: 'start', method: 'POST', path: '/invoke' },
  { name: 'invoke', method: 'POST', path: '/threads/{thread_id}/invoke' },
  { name: 'resume', method: 'POST', path: '/threads/{thread_id}/resume' },
  { name: 'thread', method: 'GET', path: '/threads/{thread_id}' },
  { name: 'state', method: 'GET', path: '/threads/{thread_id}/state' },
  { name: 'history', method: 'GET', path: '/threads/{thread_id}/history' },
  { name: 'delete', method: 'DELETE', path: '/threads/{thread_id}' },
];
