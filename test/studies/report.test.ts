import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdsIf } from '../../src/claims/claim.ts';
import { sheetSvg } from '../../src/plots/sheet.ts';
import { REPORT_OUTPUTS, type Study, writeReport } from '../../src/studies/report.ts';
import { readTable } from '../../src/tables/read.ts';

const STUDY: Study<number> = {
  title: 'Even numbers',
  claims: [
    {
      name: 'is-even',
      statement: 'The number is even.',
      rule: 'It is divisible by 2.',
      judge: (number) => holdsIf(number % 2 === 0, `${number}`),
    },
  ],
  figure: (number, scheme) =>
    sheetSvg({ title: `${number}`, subtitle: [], width: 100, height: 50 }, [], scheme),
};

test('a report judges the claims and draws the figure in both formats', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  try {
    const outputs = {
      claims: join(folder, REPORT_OUTPUTS.claims),
      scorecard: join(folder, REPORT_OUTPUTS.scorecard),
      svg: join(folder, REPORT_OUTPUTS.svg),
      png: join(folder, REPORT_OUTPUTS.png),
    };
    writeReport(STUDY, 3, 'ci', outputs);
    const claims = readTable(outputs.claims);
    expect(claims.utf8('verdict')).toEqual(['fails']);
    expect(claims.utf8('profile')).toEqual(['ci']);
    expect(readFileSync(outputs.scorecard, 'utf8')).toContain('# Even numbers');
    expect(readFileSync(outputs.svg, 'utf8')).toContain('prefers-color-scheme:dark');
    expect(readFileSync(outputs.png).subarray(1, 4).toString()).toBe('PNG');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
