import { type AnyNode, type Program, parse } from 'acorn';

/** A node, and those around it, the innermost last. */
export interface Site {
  readonly node: AnyNode;
  readonly around: readonly AnyNode[];
}

/** Parses JavaScript as a module, or as what is none. @throws {SyntaxError} */
export function parseScript(code: string): Program {
  const options = { ecmaVersion: 'latest', allowHashBang: true } as const;
  try {
    return parse(code, { ...options, sourceType: 'module' });
  } catch {
    return parse(code, { ...options, sourceType: 'commonjs' });
  }
}

/** All nodes of a program, each before what is in it. */
export function* walk(node: AnyNode, around: readonly AnyNode[] = []): Generator<Site> {
  yield { node, around };
  const inside = [...around, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') yield* walk(child, inside);
    }
  }
}

/** Whether an identifier stands for a variable, and is not the name of a property or of a binding. */
export function isReference({ node, around }: Site): boolean {
  const parent = around.at(-1);
  if (node.type !== 'Identifier' || parent === undefined) return false;
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
      // In `{ a }` one node is both.
      return around.at(-2)?.type !== 'ObjectPattern' && (parent.value === node || parent.computed);
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return parent.value === node || parent.computed;
    case 'VariableDeclarator':
      return parent.init === node;
    case 'AssignmentPattern':
      return parent.right === node;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return parent.body === node;
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ClassDeclaration':
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'RestElement':
    case 'ArrayPattern':
    case 'CatchClause':
      return false;
    default:
      return true;
  }
}
