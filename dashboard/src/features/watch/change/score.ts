import type { ReadableDiff } from '@/api';

/** Say how a score came about: the gravest change, and what was added for breadth and keywords. */
export function explainScore({
  score,
  gravest,
  share,
  keywords,
}: Pick<ReadableDiff, 'score' | 'gravest' | 'share' | 'keywords'>): string {
  const touched = `${formatShare(share)} of the text was touched`;
  if (gravest === null) return `${touched}.`;
  const more = Math.round((score - gravest) * 100) / 100;
  const because = keywords.length > 0 ? 'for its breadth and the keywords' : 'for its breadth';
  const added = more >= 0.01 ? `, and ${more.toFixed(2)} ${because}` : '';
  return `The gravest change weighs ${gravest.toFixed(2)}${added}; ${touched}.`;
}

/** Write a share as a percentage; a little is never written as nothing. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1%';
  return `${Math.round(share * 100)}%`;
}
