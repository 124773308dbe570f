import { Checkbox, Skeleton, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Source } from '@/api';
import { type Beat, Beats } from '@/shared/plots';
import { RelativeTime } from '@/shared/time';
import { shortenUrl } from '@/shared/urls';
import { links } from '../links';
import { KindIcon } from '../parts/KindIcon';
import { NextCheck } from '../parts/NextCheck';
import { SourceState } from '../parts/SourceState';
import { describeBeats } from './beats';
import classes from './sources.module.css';

interface SourceRowProps {
  source: Source;
  beats: Beat[] | null;
  /** How far back they reach. */
  range: string;
  isSelected: boolean;
  onToggle?: () => void;
}

/** One source of the list. */
export function SourceRow({ source, beats, range, isSelected, onToggle }: SourceRowProps) {
  return (
    <li className={classes.row} data-chosen={isSelected || undefined}>
      <div className={classes.what}>
        {onToggle && (
          <Checkbox
            className={classes.above}
            checked={isSelected}
            onChange={onToggle}
            aria-label={`Select ${source.name}`}
          />
        )}
        <div className={classes.kind}>
          <KindIcon kind={source.kind} />
        </div>
        <div className={classes.name}>
          <Link {...links.source({ sourceId: source.id })} className={classes.link}>
            {source.name}
          </Link>
          <Text size="xs" c="dimmed" truncate>
            {shortenUrl(source.url)}
          </Text>
        </div>
      </div>
      <div className={classes.state}>
        <SourceState source={source} />
      </div>
      <div className={classes.beats}>
        {beats ? <Beats beats={beats} label={describeBeats(beats, range)} /> : <Skeleton width={116} height={20} />}
      </div>
      <Text size="sm" className={classes.change} c={source.last_changed_at ? undefined : 'dimmed'}>
        <span className={classes.onlyNarrow}>Last change: </span>
        <RelativeTime value={source.last_changed_at} missing="never yet" />
      </Text>
      <Text size="sm" className={classes.next} c="dimmed">
        <span className={classes.onlyNarrow}>Next check: </span>
        <NextCheck source={source} />
      </Text>
    </li>
  );
}
