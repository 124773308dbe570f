import {
  type CSSVariablesResolver,
  createTheme,
  localStorageColorSchemeManager,
  type MantineColorsTuple,
} from '@mantine/core';

/** River water: the one accent of the product. */
const water: MantineColorsTuple = [
  '#e8faf6',
  '#d2f2eb',
  '#a6e4d8',
  '#74d5c3',
  '#4ac8b2',
  '#2fbfa6',
  '#129684',
  '#0a776a',
  '#075f56',
  '#044840',
];

/** Slate rather than grey, so that the accent belongs. */
const gray: MantineColorsTuple = [
  '#f6f8f8',
  '#eef2f2',
  '#e1e7e8',
  '#cfd7d9',
  '#aeb9bc',
  '#8a979b',
  '#65737a',
  '#4c5960',
  '#323d43',
  '#1d262b',
];
const dark: MantineColorsTuple = [
  '#d3dbdd',
  '#b4bfc3',
  '#98a5aa',
  '#66747a',
  '#3f4b51',
  '#313c42',
  '#252f34',
  '#1a2226',
  '#131a1d',
  '#0d1214',
];

/** Where `public/theme.js` looks before the first paint. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'headwater-theme' });

export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 7 },
  colors: { water, gray, dark },
  black: '#182024',
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  // Told by name: to import a component here would make every first visit load it.
  components: {
    // Those of Mantine's colours in which initials are dark enough on their own tint.
    Avatar: { defaultProps: { allowedInitialsColors: ['blue', 'indigo', 'violet', 'grape', 'pink'] } },
    Kbd: { styles: { root: { fontFamily: 'inherit', fontWeight: 550 } } },
    Modal: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontSize: 'var(--mantine-font-size-lg)', fontWeight: 620 } },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
  },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.375rem', lineHeight: '1.3' },
      h3: { fontSize: '1.125rem', lineHeight: '1.35' },
      h4: { fontSize: '1rem', lineHeight: '1.4' },
      h5: { fontSize: '0.875rem', lineHeight: '1.45' },
      h6: { fontSize: '0.8125rem', lineHeight: '1.45' },
    },
  },
});

/** Colours of text that Mantine draws too faint for WCAG's 4.5 : 1, and the surfaces that everything lies on. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#58666c',
    '--mantine-color-placeholder': '#66747a',
    '--mantine-color-error': '#c02626',
    '--mantine-color-default-border': '#d9e0e2',
    '--surface-page': '#f6f8f8',
    '--surface-card': '#ffffff',
    '--surface-navigation': '#eef2f2',
  },
  dark: {
    '--mantine-color-dimmed': '#9dabb0',
    '--mantine-color-placeholder': '#8b999f',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': 'var(--mantine-color-water-4)',
    '--mantine-color-default-border': '#2d383e',
    '--mantine-color-body': '#131a1d',
    '--mantine-color-default': '#1a2226',
    '--surface-page': '#131a1d',
    '--surface-card': '#1a2226',
    '--surface-navigation': '#0f1517',
  },
});
