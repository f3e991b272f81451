import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execaSync } from 'execa';
import { expect, test } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');

/** File -> what it must not import. */
const VIOLATIONS = {
  'src/pipe/code/a.ts': '@tensorflow/tfjs',
  'src/pipe/core/a.ts': '../cli/show/a.ts',
  'src/pipe/core/b.ts': '../index.ts',
  'src/pipe/new/a.ts': '../cli/show/a.ts',
  'src/pipe/cli/new/a.ts': '../show/a.ts',
  'src/pipe/cli/show/b.ts': '../../../study/deck/a.ts',
  'src/engine/graph/a.ts': 'commander',
  'src/engine/graph/b.ts': '../index.ts',
  'src/engine/new/a.ts': '../graph/c.ts',
  'src/packages/a.ts': '../study/deck/a.ts',
  'src/study/deck/b.ts': '../models/a.ts',
  'src/study/new/a.ts': '../deck/a.ts',
  'src/dimension/fit/a.ts': '../figures/a.ts',
  'src/studies/report.ts': './rank/claims.ts',
  'src/studies/low-rank/a.ts': '../rank/claims.ts',
  'src/pages/cards/a.ts': '../queries/a.ts',
  'src/pages/client/a.tsx': '../../pipe/cli/show/a.ts',
  'src/tables/a.ts': '../study/deck/a.ts',
  'src/new/a.ts': '../tables/b.ts',
  'stages/a.ts': '../src/pipe/cli/show/a.ts',
};

const ALLOWED = {
  'src/engine/kernels/a.ts': '@tensorflow/tfjs',
  'src/pipe/cli/show/c.ts': 'commander',
  'src/studies/low-rank/b.ts': '../report.ts',
  'src/pages/client/b.tsx': '../../pipe/pipeline/contract.ts',
  'stages/b.ts': '../src/study/deck/a.ts',
};

test('lint refuses every import against the layers, and no other', () => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'layers-')));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  };
  try {
    const imports = Object.entries({ ...ALLOWED, ...VIOLATIONS });
    for (const [path, target] of imports) {
      const isPackage = !target.startsWith('.');
      write(isPackage ? `node_modules/${target}/index.js` : join(dirname(path), target), '');
    }
    for (const [path, target] of imports) write(path, `import '${target}';\n`);
    const config = join(REPOSITORY, '.dependency-cruiser.mjs');
    const { stdout } = execaSync(
      'depcruise',
      ['--config', config, '--output-type', 'json', 'src', 'stages'],
      { cwd: project, preferLocal: true, localDir: REPOSITORY, reject: false },
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string }[] } };
    const refused = new Set(summary.violations.map(({ from }) => from));
    expect([...refused].sort()).toEqual(Object.keys(VIOLATIONS).sort());
  } finally {
    rmSync(project, { recursive: true });
  }
}, 30_000);
