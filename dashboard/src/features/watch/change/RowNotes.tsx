import { Text } from '@mantine/core';
import type { DiffRow } from '@/api';
import classes from './diff.module.css';
import { nameFact, nameNoise } from './diffRows';

const MOST = 4;

/** What a row's change comes to: the facts that are others now, and its weight; or why it is only noise. */
export function RowNotes({ row }: { row: DiffRow }) {
  if (row.kind === 'noise') {
    return (
      <Text size="xs" c="dimmed" mt={2}>
        Left out: {nameNoise(row.reason)}
      </Text>
    );
  }
  const facts = row.facts.filter(({ kind, before, after }) => !/^word/.test(kind) && (before || after)).slice(0, MOST);
  if (row.score === null) return null;
  return (
    <div className={classes.notes}>
      {facts.map(({ kind, before, after }) => (
        <span key={`${kind}${before}${after}`} className={classes.fact}>
          {nameFact(kind)}: {before || 'none'} → {after || 'none'}
        </span>
      ))}
      {row.nature === 'paraphrase' && <span>the same facts in other words</span>}
      <span>weight {row.score.toFixed(2)}</span>
    </div>
  );
}
