/** What an answer must match: `interrupt(question, { responseSchema })`. */
import { invalidArgument, InvalidResume } from './errors.ts';
import { isSerializableSchema, isStandardSchema, type StandardSchema } from './schema/standard.ts';

/** A Standard Schema (Zod, Valibot, ArkType …), which checks and may change an answer; or a JSON Schema, which only tells askers what to send. */
export type ResponseSchema<Answer = unknown> = StandardSchema<unknown, Answer> | Readonly<Record<string, unknown>>;

/** The schema as it is stored with the question and told to whoever answers: JSON Schema. Undefined when it cannot say. */
export function describeResponse(schema: ResponseSchema): Readonly<Record<string, unknown>> | undefined {
  if (isSerializableSchema(schema)) return schema['~standard'].jsonSchema.output({ target: 'draft-2020-12' });
  return isStandardSchema(schema) ? undefined : schema;
}

/** @throws InvalidResume when the answer does not match */
export function readAnswer(schema: ResponseSchema | undefined, answer: unknown, node: string, slot: string): unknown {
  if (!isStandardSchema(schema)) return answer;
  const result = schema['~standard'].validate(answer);
  if (result instanceof Promise) {
    throw invalidArgument(`Node "${node}", interrupt ${slot}: the response schema must check without waiting.`);
  }
  if (result.issues) throw new InvalidResume(node, slot, result.issues);
  return result.value;
}
