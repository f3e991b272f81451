import { DiagnosticsError } from '../../core/diagnostic.ts';
import { PIPELINE_FILE, readPipelineFiles } from '../../pipeline/files.ts';
import { parsePipeline } from '../../pipeline/parse.ts';
import { DEFAULT_PROFILE, type PipelineSpec } from '../../pipeline/spec.ts';

/**
 * What the project's pipeline.yaml and group files declare.
 * @throws {DiagnosticsError} on mistakes in them
 */
export function readPipelineSpec(root: string): PipelineSpec {
  const files = readPipelineFiles(root);
  if ('message' in files) throw new DiagnosticsError([files]);
  const spec = parsePipeline(PIPELINE_FILE, files.text, files.groups);
  if (!('stages' in spec)) throw new DiagnosticsError(spec);
  return spec;
}

/** Names of all profiles. @throws {DiagnosticsError} */
export function profilesOf(root: string): readonly string[] {
  return [...new Set([DEFAULT_PROFILE, ...readPipelineSpec(root).profiles.keys()])];
}
