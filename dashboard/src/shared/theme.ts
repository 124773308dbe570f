import { createTheme, localStorageColorSchemeManager, type MantineColorsTuple } from '@mantine/core';

/** River water: the one accent of the product. */
const water: MantineColorsTuple = [
  '#e8faf7',
  '#d3f2ec',
  '#a5e5da',
  '#73d7c6',
  '#4bccb5',
  '#32c5aa',
  '#149987',
  '#0b7c6e',
  '#06655a',
  '#004d44',
];

/** Where `public/theme.js` looks before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'headwater-theme' });

export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 5 },
  colors: { water },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily:
    'Inter, "Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
});
