// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What cannot wait for the modules, and is no module for that reason: the chosen theme, so that it does not
// flash; and the first question of the list in its usual time, which api.js takes the answer of.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's theme.
}
{
  const [path, text] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const asked = new URLSearchParams(text);
  if ((path === '' || path === 'traces') && !asked.get('timeRange')) {
    const now = Date.now() / 1000;
    const filter = asked.get('filter');
    const query = new URLSearchParams(filter ? { filter } : {});
    for (const [key, value] of Object.entries({ start: now - 3600, end: now, limit: 50 })) query.set(key, value);
    const url = `api/traces?${query}`;
    const reply = fetch(url, { headers: { accept: 'application/json' } });
    reply.catch(() => {}); // api.js tells it
    globalThis.early = { now, url, reply };
  }
}
