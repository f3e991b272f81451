import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { DiagnosticsError } from '../core/diagnostic.ts';
import type { Json } from '../core/json.ts';
import { isCommandModule } from './command.ts';
import type { Commands, ParsedParams, StageDescription, StageDirectory } from './graph.ts';

/** Answers for commands, whose params may have a JSON Schema, and passes other questions on. */
export class SchemaDirectory implements StageDirectory {
  readonly #stages: StageDirectory;
  readonly #root: string;
  readonly #commands: Commands;

  constructor(stages: StageDirectory, root: string, commands: Commands) {
    this.#stages = stages;
    this.#root = root;
    this.#commands = commands;
  }

  describe(modules: readonly string[]): Promise<Readonly<Record<string, StageDescription>>> {
    return this.#stages.describe(modules);
  }

  async parseParams(module: string, params: readonly Json[]): Promise<readonly ParsedParams[]> {
    if (!isCommandModule(module)) return await this.#stages.parseParams(module, params);
    const { schema } = this.#commands[module];
    if (schema === undefined) return params.map((value) => ({ ok: true, params: value }));
    const parser = readJsonSchema(this.#root, schema);
    return params.map((value) => {
      const parsed = parser.safeParse(value);
      if (parsed.success) return { ok: true, params: parsed.data as Json };
      const issues = parsed.error.issues.map(({ path, message }) => ({
        path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
        message,
      }));
      return { ok: false, issues };
    });
  }

  hasContractOf(module: string, code: string): Promise<boolean> {
    return this.#stages.hasContractOf(module, code);
  }
}

/** @throws {DiagnosticsError} */
function readJsonSchema(root: string, path: string): z.ZodType {
  try {
    const json = JSON.parse(readFileSync(join(root, path), 'utf8')) as z.core.JSONSchema.JSONSchema;
    return z.fromJSONSchema(json);
  } catch (error) {
    const message = `${path} is no JSON Schema that can be used: ${(error as Error).message}`;
    const hint = 'write one of type object, of draft 7 or 2020-12, without remote references';
    throw new DiagnosticsError([{ message, hint }]);
  }
}
