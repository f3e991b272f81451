import type { NamedSpecs, NamedValues, Program, StepDefinition, TensorValues } from './program.js';
export type EagerBackend = 'cpu' | 'wasm' | 'tensorflow';
/**
 * The same step, run op by op on one of tfjs's own backends: the reference that the compiled graph is
 * compared with, and the way to a GPU.
 */
export declare class EagerProgram implements Program {
    #private;
    readonly backend: EagerBackend;
    constructor(backend: EagerBackend, definition: StepDefinition);
    /** Known after the first run: an eager step has no shapes before it has run. */
    get outputs(): NamedSpecs;
    run(inputs: NamedValues): Promise<Readonly<Record<string, TensorValues>>>;
    readState(): Promise<Record<string, TensorValues>>;
    writeState(values: NamedValues): Promise<void>;
    save(path: string): Promise<void>;
    dispose(): Promise<void>;
}
