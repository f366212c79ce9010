// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Starts the page's modules within one file: their sources are in the element "modules" as
// {"name.js": "source"}. Each becomes an address of its own, after those it imports.
(() => {
  const sources = JSON.parse(document.getElementById('modules').textContent);
  const urls = {};
  const url = (name) =>
    (urls[name] ??= URL.createObjectURL(
      new Blob(
        [
          sources[name].replace(
            /(from ')\.\/([\w.]+)(';)/g,
            (_, before, other, after) => before + url(other === 'api.js' ? 'export_api.js' : other) + after,
          ),
        ],
        { type: 'text/javascript' },
      ),
    ));
  import(url('export_main.js'));
})();
