/** A `{...}` in a word of a command. */
export interface Template {
  /** Between the braces. */
  readonly text: string;
  readonly kind: 'inputs' | 'outputs' | 'params' | 'checkpoint' | 'axis';
  readonly name: string;
  /** Into a param: `['layers']` of `{params.encoder.layers}`. */
  readonly path: readonly string[];
}

const TEMPLATE = /\{\{([A-Za-z][\w.-]*)\}\}|\{([A-Za-z][\w.-]*)\}/g;

/** The templates in a text. Other braces are text, and so is `{{name}}`, which stands for `{name}`. */
export function templatesOf(text: string): readonly Template[] {
  return [...text.matchAll(TEMPLATE)].flatMap(([, , inner]) =>
    inner === undefined ? [] : [parse(inner)],
  );
}

/** Replaces the templates of a text. */
export function fillIn(text: string, textOf: (template: Template) => string): string {
  return text.replace(TEMPLATE, (_, literal: string | undefined, inner: string) =>
    literal === undefined ? textOf(parse(inner)) : `{${literal}}`,
  );
}

function parse(text: string): Template {
  const [first, name, ...path] = text.split('.');
  if (name !== undefined && (first === 'inputs' || first === 'outputs' || first === 'params')) {
    return { text, kind: first, name, path };
  }
  if (text === 'checkpoint') return { text, kind: 'checkpoint', name: text, path: [] };
  return { text, kind: 'axis', name: text, path: [] };
}
