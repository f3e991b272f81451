import { DiagnosticsError } from '../../core/diagnostic.ts';
import type { CodeSnapshot } from '../../loader/code.ts';
import type { DoctorChecks, DoctorLine } from '../../pipeline/contract.ts';
import type { Project } from '../../project/project.ts';
import { loadStageFile } from '../../project/stage-file.ts';
import { formatCount } from '../../reporters/format.ts';

/** Checks pipeline.yaml, and runs the checks of the file that it names as `doctor`. */
export async function checkProject(project: Project): Promise<readonly DoctorLine[]> {
  const lines: DoctorLine[] = [{ subject: 'project', text: project.root }];
  try {
    const { doctor } = await project.declared();
    if (doctor !== undefined) lines.push(...(await runChecks(project.snapshot, doctor)));
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    const text = `pipeline.yaml has ${formatCount(error.diagnostics.length, 'error')}`;
    lines.push({ subject: 'project', text, fix: 'npx pipe status prints them' });
  }
  return lines;
}

async function runChecks(snapshot: CodeSnapshot, name: string): Promise<readonly DoctorLine[]> {
  const file = `stages/${name}.ts`;
  const removal = 'or remove doctor from pipeline.yaml';
  try {
    const loaded = await loadStageFile(snapshot, name);
    if (loaded === undefined) {
      return [{ subject: 'doctor', text: `${file} does not exist`, fix: `write it, ${removal}` }];
    }
    const checks = loaded.exported as DoctorChecks | undefined;
    if (typeof checks === 'function') return await checks();
    const fix = 'export default () => [{ subject, text }]: npx pipe doctor --help';
    return [{ subject: 'doctor', text: `${file} has no function as its default export`, fix }];
  } catch (error) {
    const { message } = error as Error;
    const fix = `correct it, ${removal}`;
    return [{ subject: 'doctor', text: `${file} failed: ${message}`, fix }];
  }
}
