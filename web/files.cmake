# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The page's files, below this folder. They are compiled into spawn as they are; tests are not.
set(SPAWN_PAGE_FILES
  api.js
  array.js
  array_view.js
  charts.js
  compare_traces.js
  compare_view.js
  critical_path.js
  detail.js
  dom.js
  filter_bar.js
  graph_layout.js
  graph_panel.js
  help.js
  icon.svg
  index.html
  list_view.js
  live_view.js
  main.js
  map_view.js
  marks.js
  minimap.js
  problems.js
  route.js
  rows.js
  scale.js
  span_table.js
  style.css
  text.js
  theme.js
  trace.js
  trace_view.js
  virtual_rows.js
  waterfall.js)
