import type { EagerBackend } from './eager.js';
import type { Backend } from './program.js';
export interface BackendReport {
    readonly name: Exclude<Backend, 'auto'>;
    readonly works: boolean;
    /** Version found, or why it does not work. */
    readonly detail: string;
}
export interface BackendChoice {
    /** What `auto` means on this machine. */
    readonly chosen: Exclude<Backend, 'auto'>;
    readonly why: string;
    readonly backends: readonly BackendReport[];
}
/**
 * Looks at what is installed. `auto` is `tensorflow` where its native library is there and a GPU
 * answers, else `onnxruntime`; `cpu` always works and is never chosen while another does.
 */
export declare const describeBackends: () => Promise<BackendChoice>;
/** Makes an eager backend known to tfjs. */
export declare const prepareBackend: (backend: EagerBackend) => Promise<void>;
