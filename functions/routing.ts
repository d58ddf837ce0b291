/** From a method and a path to a route and its thread. */
import { Problem } from './problems.ts';
import { type Route, routes } from './routes.ts';
import { readThreadId } from './thread-id.ts';

export interface Matched {
  readonly route: Route;
  /** Empty when the route names no thread. */
  readonly threadId: string;
}

/**
 * @param path as it stands in the URL, percent-encoded
 * @throws Problem `unknown_route`, `method_not_allowed`, `invalid_thread_id`
 */
export function matchRoute(method: string, path: string): Matched {
  const segments = path.split('/');
  const there = routes.filter((route) => matches(route.path.split('/'), segments));
  if (there.length === 0) {
    throw new Problem(
      'unknown_route',
      `No route ${path}. Routes: ${routes.map((route) => `${route.method} ${route.path}`).join(', ')}.`,
    );
  }
  const route = there.find((candidate) => candidate.method === method);
  if (!route) {
    const allow = there.map((candidate) => candidate.method).join(', ');
    throw new Problem(
      'method_not_allowed',
      `${method} is not allowed on ${path}. Allowed: ${allow}.`,
      {},
      { headers: { allow } },
    );
  }
  const parameter = route.path.split('/').indexOf('{thread_id}');
  return { route, threadId: parameter === -1 ? '' : readThreadId(segments[parameter]!) };
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length && template.every((part, i) => part.startsWith('{') || part === segments[i])
  );
}
