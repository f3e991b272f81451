import { type JudgedClaim, VERDICTS } from './claim.ts';

/** The claims as a Markdown page: counts, a table of verdicts, the rule and evidence of each. */
export function scorecard(title: string, claims: readonly JudgedClaim[]): string {
  const counts = VERDICTS.map((verdict) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length;
    return `${count} ${verdict === 'undecided' ? verdict : count === 1 ? verdict : plural[verdict]}`;
  });
  const profiles = [...new Set(claims.map(({ profile }) => profile))].join(', ');
  const lines = [
    `# ${title}`,
    '',
    `Profile ${profiles}: ${claims.length} claims, ${counts.join(', ')}.`,
    '',
    '| verdict | claim | statement |',
    '| --- | --- | --- |',
    ...claims.map(
      ({ verdict, claim, statement }) =>
        `| ${marks[verdict]} ${verdict} | \`${claim}\` | ${cell(statement)} |`,
    ),
    ...claims.flatMap(({ claim, verdict, statement, rule, evidence }) => [
      '',
      `## ${marks[verdict]} \`${claim}\`: ${verdict}`,
      '',
      `${statement}`,
      '',
      `- rule: ${rule}`,
      `- evidence: ${evidence}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

const plural = { holds: 'hold', fails: 'fail' } as const;
/** Readable without colour. */
const marks = { holds: '✓', fails: '✗', undecided: '?' } as const;

function cell(text: string) {
  return text.replaceAll('|', '\\|');
}
