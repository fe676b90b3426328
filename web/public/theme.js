// Runs before the first paint, so that a chosen theme does not flash. The CSP allows no inline script.
try {
  const { theme } = JSON.parse(localStorage.getItem('rce:settings') || '{}');
  const asked = new URLSearchParams(location.search).get('theme');
  const chosen = asked || theme;
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is closed to us, or holds something else: the system's theme is a good choice.
}
