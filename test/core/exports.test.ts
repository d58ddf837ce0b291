import { expect, it } from 'vitest';
import * as core from '../../core/index.ts';

it('core exports these names and no other', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Annotation',
    'Command',
    'CompiledStateGraph',
    'END',
    'EmptyInputError',
    'GraphBubbleUp',
    'GraphChanged',
    'GraphInterrupt',
    'GraphRecursionError',
    'GraphValidationError',
    'GraphValueError',
    'HoldpointError',
    'INTERRUPT',
    'InterruptMismatch',
    'InvalidUpdateError',
    'MemorySaver',
    'MessagesAnnotation',
    'MessagesZodMeta',
    'REMOVE_ALL_MESSAGES',
    'START',
    'Send',
    'StateGraph',
    'UnstorableState',
    'addMessages',
    'interrupt',
    'isCommand',
    'isGraphBubbleUp',
    'isGraphInterrupt',
    'isHoldpointError',
    'isInterrupted',
    'messagesStateReducer',
  ]);
});
