import { expect, it } from 'vitest';
import * as core from '../../core/index.ts';

it('core exports these names and no other', () => {
  expect(Object.keys(core).sort()).toEqual([
    'Annotation',
    'AsyncBatchedStore',
    'BaseStore',
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
    'InMemoryStore',
    'InterruptMismatch',
    'InvalidNamespaceError',
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
