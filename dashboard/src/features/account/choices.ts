/** Every timezone the browser knows, with UTC first. */
export function listTimezones(): string[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC');
  return ['UTC', ...known];
}

const LOCALES = ['en-GB', 'en-US', 'de-DE', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL', 'pl-PL', 'pt-BR', 'sv-SE', 'ja-JP'];

/** Ways to write dates and numbers, each shown by a date as it would be written. */
export function listLocales(chosen: string | null): { value: string; label: string }[] {
  const all = chosen && !LOCALES.includes(chosen) ? [chosen, ...LOCALES] : LOCALES;
  const sample = new Date(Date.UTC(2026, 0, 31, 15, 30));
  return all.map((locale) => {
    const name = new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
    const date = sample.toLocaleString(locale, { dateStyle: 'short', timeStyle: 'short', timeZone: 'UTC' });
    return { value: locale, label: `${name} (${date})` };
  });
}
