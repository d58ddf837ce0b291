/** The types of questions, answers and custom chunks that a graph was declared with. */

// oxlint-disable-next-line typescript/no-explicit-any -- functions of every type
type Functions = Readonly<Record<string, (value: any, ...rest: any[]) => any>>;

/** From `typeof interrupt<Question, Answer>`, or an object of such. */
export type InferInterruptInputType<T> = T extends (value: infer Question, ...rest: never[]) => unknown
  ? Question
  : T extends Functions
    ? { [Key in keyof T]: InferInterruptInputType<T[Key]> }[keyof T]
    : unknown;

export type InferInterruptResumeType<T> = T extends (value: never, ...rest: never[]) => infer Answer
  ? Answer
  : T extends Functions
    ? { [Key in keyof T]: InferInterruptResumeType<T[Key]> }[keyof T]
    : unknown;

/** From `typeof writer<Chunk>`. */
// oxlint-disable-next-line typescript/no-explicit-any -- as in LangGraph: chunks of a graph that does not say
export type InferWriterType<T> = T extends (chunk: infer Chunk) => void ? Chunk : any;
