import { type Diagnostic, DiagnosticsError, sortDiagnostics } from '../core/diagnostic.ts';
import type { Instance } from '../pipeline/graph.ts';
import type { RawInputs } from './raw-inputs.ts';

/**
 * Refuses to go on without the raw data that instances read.
 * @throws {DiagnosticsError} naming all that is missing, where it is declared
 */
export async function assertRawThere(
  raw: RawInputs,
  instances: readonly Instance[],
): Promise<void> {
  const missing = new Map<string, Diagnostic>();
  for (const { stage, raw: inputs = [] } of instances) {
    for (const { name, source, range, as = `${stage}.${name}` } of inputs) {
      if (!('files' in source) || (await raw.content(source)) !== undefined) continue;
      const [owner, input] = [as.slice(0, as.indexOf('.')), as.slice(as.indexOf('.') + 1)];
      const message = `input '${input}' of stage '${owner}' is missing: there is no ${source.files}`;
      const hint = `put it there, or read another one: --set ${as}=FILE`;
      missing.set(message, { message, range, hint });
    }
  }
  if (missing.size > 0) throw new DiagnosticsError(sortDiagnostics([...missing.values()]));
}
