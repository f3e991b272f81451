import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Claim, judgeClaims } from '../claims/claim.ts';
import { scorecard } from '../claims/scorecard.ts';
import { writeClaims } from '../claims/table.ts';
import { renderPng, type Scheme } from '../plots/sheet.ts';

/** A companion study: what it claims about its evidence, and how it draws it. */
export interface Study<Evidence> {
  /** Heading of its scorecard. */
  readonly title: string;
  readonly claims: readonly Claim<Evidence>[];
  /** Its figure as SVG. */
  figure(evidence: Evidence, scheme: Scheme): string;
}

/** Params of a study's report stage. */
export const REPORT_PARAMS = {
  /** The profile that the evidence was measured under: a column of the claims. */
  profile: z.string().min(1),
} as const;

/** Outputs of a study's report stage. */
export const REPORT_OUTPUTS = {
  claims: 'claims.arrow',
  scorecard: 'scorecard.md',
  svg: 'figure.svg',
  png: 'figure.png',
} as const;

/** Judges a study's claims and draws its figure. */
export function writeReport<Evidence>(
  { title, claims, figure }: Study<Evidence>,
  evidence: Evidence,
  profile: string,
  outputs: { readonly [Name in keyof typeof REPORT_OUTPUTS]: string },
): void {
  const judged = judgeClaims(claims, evidence, profile);
  writeClaims(outputs.claims, judged);
  writeFileSync(outputs.scorecard, scorecard(title, judged));
  writeFileSync(outputs.svg, figure(evidence, 'auto'));
  writeFileSync(outputs.png, renderPng(figure(evidence, 'light')));
}
