import * as z from 'zod';
import type { Checker } from '../core/diagnostic.ts';
import { suggest } from '../core/suggest.ts';
import type { Place, Step } from './place.ts';

/** How messages speak of a schema's values: part of its `meta`. */
interface Wording {
  /** What a value must be, e.g. `a duration`; by default its type. */
  readonly expected?: string;
  /** By default that of the schema around it. */
  readonly fix?: string;
  /** What the entries of a mapping are: `stage` for `stage 'train'`. */
  readonly entry?: string;
  /** What the items of a list are: `an override`. */
  readonly item?: string;
}

/** A value with its schema and its name in messages. */
interface Subject extends Wording {
  readonly schema: z.core.$ZodTypes;
  readonly value: unknown;
  readonly name: string;
}

/**
 * Parses a value and reports every mistake at its place. Messages of the schema itself may contain `{}` for
 * the name of the value, and have `params: { fix }`.
 *
 * @param name of the value, for messages: `the pipeline`
 */
export function validate<T>(
  check: Checker,
  schema: z.ZodType<T>,
  { value, place }: { readonly value: unknown; readonly place: Place },
  name: string,
): T | undefined {
  // Empty where the schema has no message of its own.
  const result = schema.safeParse(value, { error: () => '' });
  if (result.success) return result.data;
  const root = subjectOf(schema, value, name, undefined);
  for (const issue of result.error.issues) report(check, root, place, issue);
  return undefined;
}

function report(check: Checker, around: Subject, place: Place, issue: z.core.$ZodIssue): void {
  const path = issue.path as readonly Step[];
  const subject = path.reduce(inside, around);
  const { schema, value, name, fix, expected } = subject;
  const branch = branchOf(schema, value);
  const own = place.at(...path);
  if (issue.code === 'unrecognized_keys') {
    const { def } = branch === undefined ? schema._zod : optionsOf(schema)[branch]._zod;
    const known = def.type === 'object' ? Object.keys(def.shape) : [];
    for (const key of issue.keys) {
      check.report(own.at(key).key, `unknown key '${key}' in ${name}`, suggest(key, known));
    }
  } else if (issue.code === 'invalid_key') {
    const [{ message, ...inner }] = issue.issues;
    check.report(own.key, message, fixOf(inner));
  } else if (issue.code === 'invalid_union' && branch !== undefined) {
    for (const inner of issue.errors[branch]) report(check, subject, own, inner);
  } else if (issue.message !== '') {
    const isOfKey = 'params' in issue && issue.params?.isOfKey === true;
    const message = issue.message.replace('{}', name);
    check.report(isOfKey ? own.key : own.range, message, fixOf(issue) ?? fix);
  } else if (value === undefined) {
    const { name: owner } = path.slice(0, -1).reduce(inside, around);
    const message = path.length === 0 ? `${name} is empty` : `${owner} has no ${path.at(-1)}`;
    check.report(own.range, message, fix);
  } else if (issue.code === 'too_small' && issue.origin === 'array') {
    check.report(own.range, `${name} is empty`, 'give it at least one value');
  } else {
    const wanted = expected ?? TYPES[schema._zod.def.type] ?? `a ${schema._zod.def.type}`;
    check.report(own.range, `${name} must be ${wanted}, not ${describe(value)}`, fix);
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function fixOf(issue: object): string | undefined {
  return (issue as { readonly params?: { readonly fix?: string } }).params?.fix;
}

/** What is at a key or an index of a value. */
function inside({ schema, value, name, entry, item, fix }: Subject, step: Step): Subject {
  const branch = branchOf(schema, value);
  const def = branch === undefined ? schema._zod.def : optionsOf(schema)[branch]._zod.def;
  let inner: z.core.$ZodType = schema;
  if (def.type === 'object') inner = def.shape[step] ?? schema;
  if (def.type === 'record') inner = def.valueType;
  if (def.type === 'array') inner = def.element;
  const list = item ?? `a value of ${name}`;
  const own = entry === undefined ? `'${step}'` : `${entry} '${step}'`;
  const next = (value as Readonly<Record<Step, unknown>> | null | undefined)?.[step];
  return subjectOf(inner, next, typeof step === 'number' ? list : own, fix);
}

/** Looks through wrappers such as `optional`; what is said of the outermost counts. */
function subjectOf(
  outer: z.core.$ZodType,
  value: unknown,
  name: string,
  fix: string | undefined,
): Subject {
  let schema = outer as z.core.$ZodTypes;
  let words = z.globalRegistry.get(schema);
  for (;;) {
    const { def } = schema._zod;
    if (def.type === 'pipe') schema = def.in as z.core.$ZodTypes;
    else if ('innerType' in def) schema = def.innerType as z.core.$ZodTypes;
    else return { ...(fix === undefined ? {} : { fix }), ...words, schema, value, name };
    words = { ...z.globalRegistry.get(schema), ...words };
  }
}

function optionsOf(schema: z.core.$ZodTypes): readonly z.core.$ZodTypes[] {
  const { def } = schema._zod;
  return def.type === 'union' ? (def.options as readonly z.core.$ZodTypes[]) : [];
}

/** The option of a union that a mapping or a list was meant for. */
function branchOf(schema: z.core.$ZodTypes, value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const types = Array.isArray(value) ? ['array'] : ['object', 'record'];
  const index = optionsOf(schema).findIndex(({ _zod: { def } }) => types.includes(def.type));
  return index === -1 ? undefined : index;
}

/** What a value is, for messages. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'string' ? `the string '${value}'` : String(value);
}
