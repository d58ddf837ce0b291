/** From the first argument of `invoke` and `stream` to a run's request, as data that a claim can record. */
import type { Origin, Target } from '../checkpoint/checkpoint.ts';
import type { ClaimRequest, CommandData, RunRequest } from '../checkpoint/checkpointer.ts';
import type { RunnableConfig } from '../config.ts';
import { Command, isAnswerMap, isCommand, isSend, type Send, sentOf } from '../command.ts';
import { EmptyInputError, InvalidUpdateError } from '../errors.ts';
import { defined } from '../objects.ts';

/** @throws EmptyInputError when there is nothing to do */
export function readRequest(input: unknown, origin?: Origin, at?: string): RunRequest {
  if (input === null || input === undefined) return { kind: 'continue', ...defined({ at }) };
  const start = defined({ origin, at });
  if (isCommand(input)) return { kind: 'command', command: readCommandInput(input), ...start };
  return { kind: 'input', input, ...start };
}

/** What the head must allow for this request (C2). */
export function guardsOf(request: RunRequest): Pick<ClaimRequest, 'create' | 'answers'> {
  switch (request.kind) {
    case 'continue':
      return {};
    case 'input':
      return { create: true };
    case 'command': {
      const { answers, resume } = request.command;
      if (resume) return { answers: 'single' };
      return answers ? { answers: Object.keys(answers) } : { create: true };
    }
  }
}

/** The request with what a take-over has to know of the run. */
export function withConfig(request: RunRequest, config: RunnableConfig): RunRequest {
  const { interruptBefore, interruptAfter, recursionLimit, metadata, durability, tags } = config;
  const told = defined({ interruptBefore, interruptAfter, recursionLimit, metadata, durability, tags });
  return Object.keys(told).length > 0 ? { ...request, config: told } : request;
}

function readCommandInput(command: Command): CommandData {
  if (command.graph === Command.PARENT) throw new InvalidUpdateError('Command.PARENT: There is no parent graph.');
  const { resume, goto } = command;
  const update = isEmpty(command.update) ? undefined : command.update;
  if (resume === undefined && update === undefined && goto.length === 0) {
    throw new EmptyInputError(
      'Received empty Command input: it needs a resume, an update or a goto. An answer can be any value but undefined.',
    );
  }
  return {
    ...(resume !== undefined && (isAnswerMap(resume) ? { answers: resume } : { resume: [resume] })),
    ...defined({ update, goto: goto.length > 0 ? goto.map(toTarget) : undefined }),
  };
}

function isEmpty(update: unknown): boolean {
  return (typeof update === 'object' || update === undefined) && Object.keys(update ?? {}).length === 0;
}

function toTarget(target: string | Send): Target {
  return isSend(target) ? sentOf(target) : target;
}
