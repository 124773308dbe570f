import './plots.css';

/** What happened in one span of time; null = nothing is known of it. */
export type Beat = 'calm' | 'change' | 'trouble' | 'idle' | null;

interface BeatsProps {
  beats: readonly Beat[];
  /** What the picture shows, in words. */
  label: string;
  width?: number;
  height?: number;
}

const HEIGHT: Record<NonNullable<Beat>, number> = { idle: 0.08, calm: 0.34, trouble: 0.66, change: 1 };
const COLOUR: Record<NonNullable<Beat>, string> = {
  idle: 'var(--plot-nothing)',
  calm: 'var(--plot-calm)',
  trouble: 'var(--plot-trouble)',
  change: 'var(--plot-change)',
};

/** A bar for each span: tall where something changed, hollow where something went wrong, low where all was calm. */
export function Beats({ beats, label, width = 116, height = 24 }: BeatsProps) {
  const step = width / Math.max(1, beats.length);
  const thick = Math.max(1.5, Math.min(4, step - 1.2));
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
      {beats.map((beat, place) => {
        const tall = Math.max(1.5, height * (beat === null ? 0 : HEIGHT[beat]));
        const x = place * step + (step - thick) / 2;
        const isHollow = beat === 'trouble';
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place.
            key={place}
            x={isHollow ? x + 0.5 : x}
            y={height - tall + (isHollow ? 0.5 : 0)}
            width={isHollow ? thick - 1 : thick}
            height={isHollow ? tall - 1 : tall}
            rx={1}
            fill={isHollow ? 'none' : COLOUR[beat ?? 'idle']}
            stroke={isHollow ? COLOUR.trouble : undefined}
            strokeWidth={isHollow ? 1.2 : undefined}
            opacity={beat === null ? 0.35 : 1}
          />
        );
      })}
    </svg>
  );
}
