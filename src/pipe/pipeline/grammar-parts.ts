import * as z from 'zod';
import { NAME } from './names.ts';

// What `meta` says besides id and description is for messages; see `Wording`.

export function name(of: string) {
  const error = ({ input }: { readonly input?: unknown }) =>
    `'${input}' is not a valid name for ${of}`;
  const fix = 'start with a letter; use only letters, digits, - and _; at most 64 characters';
  const text = z.string().refine((text) => NAME.test(text), { error, params: { fix } });
  return text.meta({ pattern: NAME.source });
}

/** A mapping from names to values of one kind; the names must differ in more than case. */
export function named<T extends z.ZodType>(
  kind: string,
  value: T,
  key = name(`${article(kind)} ${kind}`),
) {
  const record = z.record(key, value).superRefine((entries, { addIssue }) => {
    for (const [twin, name] of repeated(Object.keys(entries))) {
      const message = `'${name}' and '${twin}' differ only in case`;
      const params = { isOfKey: true, fix: 'some file systems ignore case: rename one' };
      addIssue({ code: 'custom', path: [name], message, params });
    }
  });
  return record.meta({ entry: kind, fix: `write each ${kind} below it, indented` });
}

/** A list of strings that differ in more than case. */
export function unique(item: z.ZodString) {
  const list = z.array(item).superRefine((items, { addIssue }) => {
    for (const [, one, i] of repeated(items)) {
      const message = `'${one}' is listed twice`;
      addIssue({ code: 'custom', path: [i], message, params: { fix: 'remove one' } });
    }
  });
  return list.meta({ uniqueItems: true });
}

/** Strings that equal an earlier one except for case, with that one and their index. */
function repeated(list: readonly string[]): readonly (readonly [string, string, number])[] {
  const first = new Map<string, string>();
  return list.flatMap((text, i) => {
    const twin = first.get(text.toLowerCase());
    if (twin !== undefined) return [[twin, text, i] as const];
    first.set(text.toLowerCase(), text);
    return [];
  });
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}

export function isNotEmpty(value: object): boolean {
  return Object.keys(value).length > 0;
}

/** `key:` without a value is an empty mapping. */
export function orEmpty<T extends z.ZodObject>(schema: T) {
  return schema.nullable().transform((value) => value ?? schema.parse({}));
}
