import './plots.css';
import { drawRuns } from './runs';

interface SparklineProps {
  /** A number a span of time, in order; null leaves a gap. */
  values: readonly (number | null)[];
  /** What the picture shows, in words. */
  label: string;
  width?: number;
  height?: number;
  colour?: string;
}

/** A small line without axes. Where nothing is known the line breaks off. */
export function Sparkline({ values, label, width = 116, height = 28, colour = 'var(--plot-line)' }: SparklineProps) {
  const runs = drawRuns(values, { width, height, inset: 2 });
  return (
    <svg
      className="plot-sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {runs.map((run) => (
        <g key={run.line}>
          <path d={run.area} fill={colour} opacity={0.14} />
          <path
            d={run.line}
            fill="none"
            stroke={colour}
            strokeWidth={1.5}
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        </g>
      ))}
    </svg>
  );
}
