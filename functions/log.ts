/** What operators are told: every problem with a status of 500 and above, with the stack that the client does not see. */
import type { Call } from './handler.ts';
import { Problem, toProblem } from './problems.ts';

type Where = Pick<Call, 'app' | 'request' | 'invocation'>;

/** The error as a problem, logged if it is one that an operator should know. */
export function reportProblem(error: unknown, { app, request, invocation }: Where): Problem {
  const { requestId } = invocation;
  const problem = toProblem(error, requestId);
  if (problem.status < 500) return problem;
  const cause = problem.cause ?? error;
  app.log({
    level: 'error',
    code: problem.code,
    message: cause instanceof Error ? cause.message : String(cause),
    request: `${request.method} ${new URL(request.url).pathname}`,
    ...(requestId !== undefined && { requestId }),
    ...(cause instanceof Error && cause.stack !== undefined && { stack: cause.stack }),
  });
  return problem;
}
