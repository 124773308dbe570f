// Runs before the first paint, so that a dark screen doesn't flash white. A file of its own, because inline scripts are
// refused by the content security policy.
(() => {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('headwater-theme') ?? 'auto';
  } catch {
    // Storage may be closed to us; the system's choice is good enough.
  }
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
