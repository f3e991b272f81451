import { DiagnosticsError } from '../../core/diagnostic.ts';
import { PIPELINE_FILE, readPipelineFiles } from '../../pipeline/files.ts';
import { parsePipeline } from '../../pipeline/parse.ts';
import { DEFAULT_PROFILE } from '../../pipeline/spec.ts';

/**
 * Names of all profiles.
 * @throws {DiagnosticsError} when the pipeline's files are wrong
 */
export function profilesOf(root: string): readonly string[] {
  const files = readPipelineFiles(root);
  if ('message' in files) throw new DiagnosticsError([files]);
  const spec = parsePipeline(PIPELINE_FILE, files.text, files.groups);
  if (!('stages' in spec)) throw new DiagnosticsError(spec);
  return [...new Set([DEFAULT_PROFILE, ...spec.profiles.keys()])];
}
