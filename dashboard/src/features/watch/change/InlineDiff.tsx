import type { DiffRow } from '@/api';
import classes from './diff.module.css';
import { groupByHeading, isChange, nameKind, needsHeading } from './diffRows';
import { Fold } from './Fold';
import { Marked } from './Marked';
import { RowNotes } from './RowNotes';

const SIGNS: Partial<Record<DiffRow['kind'], string>> = { added: '+', removed: '−', reworded: '±' };

/** Both versions in one column: what went is struck through beside what came. */
export function InlineDiff({ rows, onWiden }: { rows: readonly DiffRow[]; onWiden?: () => void }) {
  return (
    <div className={classes.inline}>
      {groupByHeading(rows).map(({ key, heading, rows: part }) => (
        <section key={key} aria-label={heading || undefined}>
          {needsHeading({ heading, rows: part }) && <div className={classes.heading}>{heading}</div>}
          <ol className={classes.list}>
            {part.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity.
              <li key={place}>
                {row.kind === 'folded' ? <Fold count={row.count} onWiden={onWiden} /> : <One row={row} />}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function One({ row }: { row: DiffRow }) {
  const stop = isChange(row) ? { 'data-change': true, tabIndex: -1 } : {};
  return (
    <div {...stop} className={classes.row} data-kind={row.kind} data-tag={row.tag}>
      <div className={classes.line} data-inline={row.kind}>
        <span className={classes.sign} aria-hidden="true">
          {SIGNS[row.kind] ?? ''}
        </span>
        <div className={classes.text}>
          {(isChange(row) || row.moved) && <span className={classes.label}>{nameKind(row)}</span>}
          <Marked spans={row.spans} />
          <RowNotes row={row} />
        </div>
      </div>
    </div>
  );
}
