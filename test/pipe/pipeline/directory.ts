import type { ZodType } from 'zod';
import type { Json } from '../../../src/pipe/core/json.ts';
import type { Arity } from '../../../src/pipe/pipeline/contract.ts';
import type {
  ParsedParams,
  StageDescription,
  StageDirectory,
} from '../../../src/pipe/pipeline/graph.ts';
import type { AxisTables } from '../../../src/pipe/pipeline/load.ts';

/** No stage has run. */
export const noTables: AxisTables = {
  digests: async (_, axes) => axes.map(() => undefined),
  values: () => {
    throw new Error('there is no table');
  },
};

/** What a test says about a stage instead of writing its file. */
export interface FakeStage {
  readonly params?: ZodType;
  readonly paramKeys?: readonly string[];
  readonly inputs?: Readonly<Record<string, Arity>>;
  readonly outputs?: readonly string[];
  /** File of its only output, `out`. */
  readonly file?: string;
}

/** Stages that exist in a test only; counts what it was asked. */
export class FakeDirectory implements StageDirectory {
  questions = 0;
  /** What it says about other code of any stage. */
  hasOldContracts = false;
  readonly #stages: Readonly<Record<string, FakeStage>>;

  constructor(stages: Readonly<Record<string, FakeStage>>) {
    this.#stages = stages;
  }

  async describe(modules: readonly string[]) {
    this.questions += 1;
    return Object.fromEntries(modules.map((name) => [name, describeStage(this.#stages[name])]));
  }

  async hasContractOf() {
    return this.hasOldContracts;
  }

  async parseParams(module: string, params: readonly Json[]) {
    this.questions += 1;
    return params.map((value) => parse(this.#stages[module], value));
  }
}

export function describeStage(stage: FakeStage): StageDescription {
  const names = stage.outputs ?? ['out'];
  const outputs = Object.fromEntries(names.map((name) => [name, stage.file ?? `${name}.arrow`]));
  return { inputs: stage.inputs ?? {}, outputs, paramKeys: keysOf(stage) };
}

function keysOf({ params, paramKeys = [] }: FakeStage): readonly string[] {
  const shape = (params as { readonly shape?: object } | undefined)?.shape;
  return shape === undefined ? paramKeys : Object.keys(shape);
}

function parse({ params }: FakeStage, value: Json): ParsedParams {
  if (params === undefined) return { ok: true, params: value };
  const result = params.safeParse(value);
  if (result.success) return { ok: true, params: result.data as Json };
  const issues = result.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
    message,
  }));
  return { ok: false, issues };
}
