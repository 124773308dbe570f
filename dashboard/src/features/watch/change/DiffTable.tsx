import { VisuallyHidden } from '@mantine/core';
import { Fragment } from 'react';
import type { DiffRow, ReadableDiff } from '@/api';
import { formatMoment } from '@/shared/time';
import classes from './diff.module.css';
import { groupByHeading, isChange, nameKind, needsHeading, readSide, type Side } from './diffRows';
import { Fold } from './Fold';
import { Marked } from './Marked';
import { RowNotes } from './RowNotes';

interface DiffTableProps {
  diff: Pick<ReadableDiff, 'seen_before_at' | 'seen_after_at'>;
  rows: readonly DiffRow[];
  onWiden?: () => void;
}

/** Before at the left, after at the right. */
export function DiffTable({ diff, rows, onWiden }: DiffTableProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">
              Before{' '}
              {diff.seen_before_at && <span className={classes.moment}>{formatMoment(diff.seen_before_at)}</span>}
            </th>
            <th scope="col">
              After <span className={classes.moment}>{formatMoment(diff.seen_after_at)}</span>
            </th>
          </tr>
        </thead>
        {groupByHeading(rows).map(({ key, heading, rows: part }) => (
          <tbody key={key}>
            {needsHeading({ heading, rows: part }) && (
              <tr>
                <th scope="rowgroup" colSpan={2} className={classes.heading}>
                  {heading}
                </th>
              </tr>
            )}
            {part.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity.
              <Fragment key={place}>
                {row.kind === 'folded' ? (
                  <tr>
                    <td colSpan={2} className={classes.foldCell}>
                      <Fold count={row.count} onWiden={onWiden} />
                    </td>
                  </tr>
                ) : (
                  <Both row={row} />
                )}
              </Fragment>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Both({ row }: { row: DiffRow }) {
  const stop = isChange(row) ? { 'data-change': true, tabIndex: -1 } : {};
  return (
    <tr {...stop} className={classes.row} data-kind={row.kind} data-tag={row.tag}>
      <Cell row={row} side="before" />
      <Cell row={row} side="after" />
    </tr>
  );
}

function Cell({ row, side }: { row: DiffRow; side: Side }) {
  const number = side === 'before' ? row.before_number : row.after_number;
  const isMissing = number === null && (row.kind === 'added' || row.kind === 'removed' || row.kind === 'noise');
  if (isMissing) {
    return (
      <td className={classes.missing}>
        <VisuallyHidden>{side === 'before' ? 'Not there before' : 'Not there any more'}</VisuallyHidden>
      </td>
    );
  }
  const differs = isChange(row);
  const sign = differs ? (side === 'before' ? '−' : '+') : '';
  const isWhole = row.kind === 'added' || row.kind === 'removed';
  return (
    <td className={classes.cell} data-side={differs ? side : undefined}>
      <div className={classes.line}>
        <span className={classes.sign} aria-hidden="true">
          {sign}
        </span>
        <div className={classes.text}>
          {(isWhole || row.moved) && <span className={classes.label}>{nameKind(row)}</span>}
          <Marked spans={readSide(row.spans, side)} isWhole={isWhole} />
          {side === 'after' || row.kind === 'removed' ? <RowNotes row={row} /> : null}
        </div>
      </div>
    </td>
  );
}
