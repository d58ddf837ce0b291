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
    'START',
    'Send',
    'StateGraph',
    'UnstorableState',
    'interrupt',
    'isCommand',
    'isGraphBubbleUp',
    'isGraphInterrupt',
    'isHoldpointError',
    'isInterrupted',
  ]);
});
