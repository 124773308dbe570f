import { VisuallyHidden } from '@mantine/core';
import type { DiffSpan } from '@/api';
import classes from './diff.module.css';

/** Text with its changes marked: underlined what came, struck through what went, and said so to who can't see it. */
export function Marked({ spans, isWhole = false }: { spans: readonly DiffSpan[]; isWhole?: boolean }) {
  return (
    <>
      {spans.map(({ op, text }, place) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place.
        if (op === 'same' || isWhole) return <span key={place}>{text}</span>;
        const Tag = op === 'added' ? 'ins' : 'del';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place.
          <Tag key={place} className={classes[op]}>
            <VisuallyHidden>{op === 'added' ? ' [added: ' : ' [removed: '}</VisuallyHidden>
            {text}
            <VisuallyHidden>] </VisuallyHidden>
          </Tag>
        );
      })}
    </>
  );
}
