// Dashboards of Grafana from rows of panels. Positions and ids follow from the order, so that a change of one panel stays small.

const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const WIDTH = 24;
const HEIGHT = 8;

/** A line over time for each series. `queries` are [expression, legend]. */
export function graph(title, queries, { unit = 'short', width = 8, description = '', stacked = false } = {}) {
  return {
    type: 'timeseries',
    title,
    description,
    width,
    queries,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: { fillOpacity: stacked ? 40 : 8, showPoints: 'never', stacking: { mode: stacked ? 'normal' : 'none' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  };
}

/** The number of now, red from `bad` on; `goodAbove` turns that around. */
export function number(title, queries, { unit = 'short', width = 4, description = '', bad = null, goodAbove = null } = {}) {
  const limit = bad ?? goodAbove;
  const [low, high] = goodAbove === null ? ['green', 'red'] : ['red', 'green'];
  const steps =
    limit === null
      ? [{ color: 'blue', value: null }]
      : [
          { color: low, value: null },
          { color: high, value: limit },
        ];
  return {
    type: 'stat',
    title,
    description,
    width,
    queries,
    fieldConfig: { defaults: { unit, thresholds: { mode: 'absolute', steps } }, overrides: [] },
    options: {
      colorMode: 'value',
      graphMode: 'area',
      textMode: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

/** The series of now, one per line. */
export function table(title, expr, { unit = 'short', width = 12, description = '' } = {}) {
  return {
    type: 'table',
    title,
    description,
    width,
    queries: [[expr, '']],
    instant: true,
    fieldConfig: { defaults: { unit }, overrides: [] },
    options: { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] },
    transformations: [{ id: 'organize', options: { excludeByName: { Time: true, __name__: true } } }],
  };
}

/** A heading and the panels below it, side by side as far as there is room. */
export function row(title, ...panels) {
  return { title, panels };
}

/** A choice at the top of the page: the values of a label. */
export function choice(name, metric, { many = true } = {}) {
  const query = `label_values(${metric}, ${name})`;
  return {
    name,
    type: 'query',
    datasource: PROMETHEUS,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    includeAll: many,
    multi: many,
    current: many ? { text: ['All'], value: ['$__all'] } : {},
  };
}

/** The dashboard as Grafana reads it. */
export function dashboard(uid, title, description, { choices = [], rows }) {
  const panels = [];
  let y = 0;
  const place = (panel, x, w, h) => panels.push({ ...panel, id: panels.length + 1, gridPos: { x, y, w, h } });
  for (const { title: heading, panels: inside } of rows) {
    place({ type: 'row', title: heading, collapsed: false, panels: [] }, 0, WIDTH, 1);
    y += 1;
    let x = 0;
    for (const { width, queries, instant = false, ...panel } of inside) {
      if (x + width > WIDTH) [x, y] = [0, y + HEIGHT];
      const targets = queries.map(([expr, legendFormat], index) => ({
        refId: refId(index),
        datasource: PROMETHEUS,
        expr,
        legendFormat,
        instant,
        range: !instant,
        ...(instant ? { format: 'table' } : {}),
      }));
      place({ ...panel, datasource: PROMETHEUS, targets }, x, width, HEIGHT);
      x += width;
    }
    y += HEIGHT;
  }
  return {
    uid,
    title,
    description,
    tags: ['techmart'],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: choices },
    links: [{ type: 'dashboards', tags: ['techmart'], title: 'TechMart', asDropdown: true, includeVars: false, keepTime: true }],
    panels,
  };
}

/** The expressions of a dashboard with Grafana's variables filled in, as Prometheus would get them. */
export function dashboardExprs(board) {
  const filled = (expr) =>
    expr
      .replaceAll('$__rate_interval', '5m')
      .replaceAll('$__range', '6h')
      .replace(/\$(?:service|instance)\b/g, '.*');
  return board.panels.flatMap((panel) => (panel.targets ?? []).map((target) => filled(target.expr)));
}

/** What the choices at the top of a dashboard ask for, as expressions of their own. */
export function dashboardChoices(board) {
  return board.templating.list.map(({ definition }) => definition.replace(/^label_values\((.*), (\w+)\)$/, 'group by ($2) ($1)').replace(/\$\w+/g, '.*'));
}

/** A to Z, then A1 and so on. */
function refId(index) {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}
