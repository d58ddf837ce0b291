/** Builds the expressions of one conditional write. Every value is a placeholder: no text of a user is ever part of an expression. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Life } from './head.ts';
import type { Item } from './item.ts';
import { ATTRIBUTE as A } from './keys.ts';

export interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Item;
}

export interface Write extends Condition {
  readonly UpdateExpression: string;
}

export class Expression {
  readonly #set: string[] = [];
  readonly #remove: string[] = [];
  readonly #when: string[] = [];
  readonly #values: Item = {};
  readonly #names: Record<string, string> = {};

  /** The placeholder of a value. */
  value(value: AttributeValue): string {
    const placeholder = `:${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }

  /** The placeholder of an attribute name that is a reserved word. */
  name(name: string): string {
    this.#names[`#${name}`] = name;
    return `#${name}`;
  }

  /** Sets an attribute; without a value, removes it. */
  set(name: string, value: AttributeValue | undefined): this {
    if (value === undefined) this.#remove.push(name);
    else this.#set.push(`${name} = ${this.value(value)}`);
    return this;
  }

  /** Sets an attribute that is not there yet. */
  setOnce(name: string, value: AttributeValue): this {
    this.#set.push(`${name} = if_not_exists(${name}, ${this.value(value)})`);
    return this;
  }

  when(...conditions: readonly string[]): this {
    this.#when.push(...conditions);
    return this;
  }

  equal(name: string, value: AttributeValue | undefined): string {
    return value === undefined ? absent(name) : `${name} = ${this.value(value)}`;
  }

  /** What must hold so far. */
  get conditions(): string {
    return this.#when.join(' AND ');
  }

  condition(): Condition {
    return {
      ConditionExpression: this.conditions,
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  write(): Write {
    const clauses = [
      ...(this.#set.length > 0 ? [`SET ${this.#set.join(', ')}`] : []),
      ...(this.#remove.length > 0 ? [`REMOVE ${this.#remove.join(', ')}`] : []),
    ];
    return { UpdateExpression: clauses.join(' '), ...this.condition() };
  }
}

export function absent(name: string): string {
  return `attribute_not_exists(${name})`;
}

export function text(value: string): AttributeValue {
  return { S: value };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

export function optional(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : text(value);
}

/** The conditions under which a head is still of the life that it was. */
export function sameLife(expression: Expression, life: Life): string[] {
  return [expression.equal(A.incarnation, text(life.incarnation)), expression.equal(A.born, number(life.born))];
}
