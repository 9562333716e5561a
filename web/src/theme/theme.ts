import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The accent of the tokens in ten steps; shade 7 is the accent itself on light ground, shade 3 on dark. */
const ACCENT: MantineColorsTuple = [
  '#e6f4f6',
  '#cfe7ea',
  '#9fd0d6',
  '#6cc3cd',
  '#469fa9',
  '#2b8591',
  '#1c707b',
  '#125c66',
  '#0c4a53',
  '#073a41',
];

export const theme = createTheme({
  fontFamily: "system-ui, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Noto Sans Mono', monospace",
  colors: { accent: ACCENT },
  primaryColor: 'accent',
  primaryShade: 7,
  defaultRadius: 'sm',
  respectReducedMotion: true,
  cursorType: 'pointer',
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
});

/** What Mantine paints with, taken from the tokens: one palette, both themes. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--v-surface)',
    '--mantine-color-text': 'var(--v-text)',
    '--mantine-color-dimmed': 'var(--v-muted)',
    '--mantine-color-placeholder': 'var(--v-muted)',
    '--mantine-color-default': 'var(--v-surface)',
    '--mantine-color-default-hover': 'var(--v-surface-3)',
    '--mantine-color-default-color': 'var(--v-text)',
    '--mantine-color-default-border': 'var(--v-border)',
    '--mantine-color-error': 'var(--v-high)',
    '--mantine-color-anchor': 'var(--v-accent)',
  };
  return { variables: {}, light: shared, dark: shared };
};
