/** The state of a graph that talks, ready made: a list of messages and its reducer, in each of the ways to declare a state. */
import { Annotation } from '../annotation.ts';
import type { BatchReducer, Reducer } from '../channel.ts';
import type { StandardSchema } from '../schema/standard.ts';
import { DeltaValue, ReducedValue } from '../schema/values.ts';
import { messagesDeltaReducer, messagesStateReducer } from './reducer.ts';

const none = (): never[] => [];

const described = { langgraph_type: 'messages', description: 'A list of chat messages' };

export function messagesState<One, Likes>(reducer: Reducer<One[], Likes>, batch: BatchReducer<One[], Likes>) {
  return {
    annotation: Annotation.Root({ messages: Annotation<One[], Likes>({ reducer, default: none }) }),
    value: new ReducedValue<One[], Likes>(anything(none), {
      inputSchema: anything(),
      reducer,
      jsonSchemaExtra: described,
    }),
    deltaValue: new DeltaValue<One[], Likes>(anything(none), {
      inputSchema: anything(),
      reducer: batch,
      jsonSchemaExtra: described,
    }),
    zodMeta: {
      reducer: { fn: reducer },
      jsonSchemaExtra: { langgraph_type: 'messages' },
      default: none as () => One[],
    },
  };
}

/** The reducer checks what it is given. */
function anything<Value>(missing?: () => Value): StandardSchema<unknown, Value> {
  const validate = (value: unknown) => ({ value: (value === undefined && missing ? missing() : value) as Value });
  return { '~standard': { version: 1, vendor: 'holdpoint', validate } };
}

const state = messagesState(messagesStateReducer, messagesDeltaReducer);

/**
 * A state with `messages`.
 * @example
 * const State = Annotation.Root({ ...MessagesAnnotation.spec, name: Annotation<string> });
 */
export const MessagesAnnotation = state.annotation;

/**
 * A list of messages as a field of a StateSchema.
 * @example
 * const State = new StateSchema({ messages: MessagesValue, name: z.string() });
 */
export const MessagesValue = state.value;

/** The same with `messagesDeltaReducer`. */
export const MessagesDeltaValue = state.deltaValue;

/** The same as what a field of a Zod object is registered with. */
export const MessagesZodMeta = state.zodMeta;
