// Builds the page from the data. Strings are inserted only as text, never as HTML.

const DATA = JSON.parse(document.getElementById('data').textContent);

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const byId = id => document.getElementById(id);
const count = number => number.toLocaleString('en-US');

// One tooltip for all figures, next to the pointer and within the window.
function showTip(event, children) {
  const tip = byId('tip');
  tip.replaceChildren(...children);
  tip.hidden = false;
  const {offsetWidth: width, offsetHeight: height} = tip;
  const left = event.clientX + 16 + width < window.innerWidth ? event.clientX + 16 : event.clientX - 16 - width;
  const top = event.clientY + 18 + height < window.innerHeight ? event.clientY + 18 : event.clientY - 12 - height;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}
function hideTip() { byId('tip').hidden = true; }

function factsList(facts) {
  return element('ul', {class: 'facts'}, ...facts.map(([name, value]) => element('li', {}, `${name} `, element('b', {}, value))));
}

function optionsList(options) {
  return element('ul', {class: 'options'}, ...options.map(({key, value, differs}) =>
    element('li', differs ? {class: 'differs'} : {}, `${key} `, element('b', {}, value === '' ? '–' : value))));
}

function card(run) {
  const shown = Math.max(6, run.options.filter(option => option.differs).length);
  const node = element('article', {class: 'card'},
      element('header', {}, element('h4', {}, run.label), element('span', {class: 'model'}, run.model || 'vectors')));
  if (run.missing) node.append(element('p', {class: 'missing'}, run.missing));
  node.append(optionsList(run.options.slice(0, shown)));
  const more = element('details', {}, element('summary', {}, 'Details'), optionsList(run.options.slice(shown)),
      element('dl', {}, ...[].concat(...[...run.corpus, ...run.facts].map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]))));
  if (run.config) more.append(element('details', {}, element('summary', {}, 'Full configuration'), element('pre', {tabindex: 0}, run.config)));
  node.append(more);
  return node;
}

// --- Scores

function scoreText(value, name) {
  if (value === null) return 'nan';
  if (/perplexity/.test(name)) return value < 1000 ? value.toFixed(1) : count(Math.round(value));
  return Math.abs(value) >= 0.0005 || value === 0 ? value.toFixed(3) : value.toPrecision(1);
}

// A 95 % interval as a line with the value as a dot, on a scale shared by the row.
function intervalPicture({mean, interval: [low, high]}, from, to) {
  const width = 88, x = value => to > from ? 4 + (width - 8) * (value - from) / (to - from) : width / 2;
  const picture = d3.create('svg').attr('class', 'interval').attr('width', width).attr('height', 9)
      .attr('role', 'img').attr('aria-label', `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`);
  if (from < 0 && to > 0) picture.append('line').attr('class', 'zero').attr('x1', x(0)).attr('x2', x(0)).attr('y2', 9);
  picture.append('line').attr('x1', x(low)).attr('x2', x(high)).attr('y1', 4.5).attr('y2', 4.5);
  picture.append('circle').attr('cx', x(mean)).attr('cy', 4.5).attr('r', 3);
  return picture.node();
}

const coverage = cell => `${count(cell.used)} of ${count(cell.total)}`;

function scoreRow(row, runs) {
  const cells = row.cells.filter(cell => cell && cell.total !== undefined);
  const same = cells.length > 0 && cells.every(cell => coverage(cell) === coverage(cells[0]));
  const head = element('th', {scope: 'row'}, row.name);
  const notes = [same ? `${coverage(cells[0])} used` : '', row.note].filter(text => text);
  if (notes.length) head.append(element('small', {}, notes.join('; ')));
  const line = element('tr', {}, head);
  const ends = [].concat(...row.cells.map(cell => cell && cell.interval ? cell.interval : []));
  row.cells.forEach((cell, i) => {
    const best = row.best.includes(i);
    const node = element('td', best ? {class: 'best', title: 'best in this row'} : {});
    if (cell === null) {
      node.append('–');
    } else {
      node.append(scoreText(cell.mean, row.name));
      if (runs[i].seeds > 1) node.append(element('small', {}, `± ${cell.sd === null ? '–' : scoreText(cell.sd, row.name)} (${cell.n})`));
      if (cell.interval) {
        const [low, high] = cell.interval.map(end => scoreText(end, row.name));
        node.append(element('small', {}, `[${low}, ${high}]`), intervalPicture(cell, Math.min(...ends), Math.max(...ends)));
      }
      if (cell.total !== undefined && !same) node.append(element('small', {}, coverage(cell)));
    }
    line.append(node);
  });
  return line;
}

function scoresTable(section) {
  const head = element('tr', {}, element('th', {}, 'score'), ...section.runs.map(run => element('th', {scope: 'col'}, run.label)));
  const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...section.scores.map(row => scoreRow(row, section.runs))));
  return element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Scores'}, table);
}

function scoresPart(section) {
  const notes = ['“Used” is the number of items with all words in the vocabulary.'];
  if (section.runs.length > 1) notes.push('The best value of a row is marked if all runs were measured on the same items.');
  if (section.runs.some(run => run.seeds > 1)) notes.push('± is the sample standard deviation over the seeds; the number of seeds is in brackets.');
  return [element('h3', {}, 'Scores'), element('p', {class: 'quiet'}, notes.join(' ')), scoresTable(section)];
}

// --- Contextual embeddings

const CONTEXT_MEASURES = [['self_similarity', 'self-similarity'], ['intra_sentence_similarity', 'intra-sentence similarity'], ['explainable_variance', 'explainable variance']];

function contextsTable(entry) {
  const text = value => value === null ? '–' : value.toFixed(3);
  const columns = [].concat(...CONTEXT_MEASURES.map(([key, name]) => [[name, layer => layer[key].value], ['adjusted', layer => layer[key].adjusted]]));
  const head = element('tr', {}, ...['layer', 'random words', ...columns.map(([name]) => name)].map(name => element('th', {scope: 'col'}, name)));
  const rows = entry.layers.map(layer => element('tr', {}, element('th', {scope: 'row'}, String(layer.layer)),
      element('td', {}, text(layer.random_cosine)), ...columns.map(([, value]) => element('td', {}, text(value(layer))))));
  const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
  return element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Contextual embeddings'}, table);
}

function contextsPart(section) {
  const notes = 'Measures of Ethayarajh (2019) of the vectors in each layer; layer 0 is the input of the layers. Random words: mean cosine of random occurrences of different words. ' +
      'Self-similarity: mean cosine of the occurrences of a word. Intra-sentence similarity: mean cosine of the words of a sentence and their mean. ' +
      'Explainable variance: the largest share of a word’s vectors that one vector explains. Adjusted: minus the value of random occurrences.';
  const nodes = [element('h3', {}, 'Contextual embeddings'), element('p', {class: 'quiet'}, notes)];
  for (const entry of section.contexts) {
    const seeds = entry.seeds > 1 ? `; mean over ${entry.seeds} seeds` : '';
    nodes.push(element('h4', {}, section.runs[entry.run].label), element('p', {class: 'quiet'}, `${entry.sample}${seeds}`), contextsTable(entry));
  }
  return nodes;
}

// --- Neighbours

function wordButton(word) {
  const button = element('button', {type: 'button', class: 'word'}, word);
  button.addEventListener('click', () => choose(word));
  return button;
}

// A cosine is on a fixed scale, a distance is not.
const nearText = (value, measure) => measure === 'cosine' ? value.toFixed(2) : String(Number(value.toPrecision(2)));

function neighborCell(cell, section) {
  const node = element('div', {}, element('small', {}, section.runs[cell.run].label));
  if (!cell.known) {
    node.append(element('p', {class: 'quiet'}, 'not in the vocabulary'));
    return node;
  }
  node.append(element('ol', {}, ...cell.near.map(([word, value]) =>
    element('li', {}, wordButton(word), element('span', {}, nearText(value, cell.measure))))));
  return node;
}

function neighborsPart(section) {
  const measures = new Set([].concat(...section.neighbors.map(entry => entry.cells.map(cell => cell.measure))));
  const text = measures.size > 1 ? 'By cosine similarity; embeddings of one or two dimensions by distance.' : `By ${[...measures][0]}.`;
  const grid = element('div', {class: 'near-words'}, ...section.neighbors.map(entry => element('div', {class: 'near-word'},
      element('h4', {}, entry.word), element('div', {class: 'near-runs', tabindex: 0}, ...entry.cells.map(cell => neighborCell(cell, section))))));
  const columns = section.maps.length <= 2 ? 2 : 1;
  if (columns === 2) grid.style.gridTemplateColumns = 'repeat(auto-fill, minmax(min(100%, 24rem), 1fr))';
  return [element('h3', {}, 'Neighbours'), element('p', {class: 'quiet'}, `Nearest neighbours among all words. ${text}`), grid];
}

// --- Maps

const maps = [];  // of all sections: search and projection method apply to all of them

function groupLegend(section, own) {
  let pressed = -1;
  const show = group => own.forEach(map => map.emphasize(group));
  const buttons = section.groups.map((name, group) => {
    const icon = d3.create('svg').attr('width', 10).attr('height', 10);
    icon.append('path').attr('transform', 'translate(5,5)').attr('d', groupShape(group, 70)).attr('fill', COLORS[group % COLORS.length]);
    const button = element('button', {type: 'button', 'aria-pressed': 'false'}, icon.node(), name);
    button.addEventListener('pointerenter', () => show(group));
    button.addEventListener('pointerleave', () => show(pressed));
    button.addEventListener('click', () => {
      pressed = pressed === group ? -1 : group;
      buttons.forEach((other, i) => other.setAttribute('aria-pressed', String(i === pressed)));
      show(pressed);
    });
    return button;
  });
  return element('ul', {class: 'legend'}, ...buttons.map(button => element('li', {}, button)));
}

function mapsText(section) {
  const sizes = section.maps.map(map => map.words.length);
  const size = Math.max(...sizes), few = sizes.every(words => words <= FEW);
  const words = few ? 'All words.' : `The ${count(size - Math.max(...section.maps.map(map => map.rarer)))} most frequent words` +
      (section.maps.some(map => map.rarer > 0) ? ' and the words of the groups.' : '.');
  return `${words} Hover over a word to see its neighbours; click it to mark it on every map. Drag to pan; zoom with the buttons or Ctrl and the mouse wheel.`;
}

function mapsPart(section) {
  const own = section.maps.map(map => new WordMap(map, section.runs[map.run], section.groups, choose));
  maps.push(...own);
  const nodes = [element('h3', {}, section.maps.length > 1 ? 'Maps' : 'Map'), element('p', {class: 'quiet'}, mapsText(section))];
  if (section.groups.length) nodes.push(groupLegend(section, own));
  const grid = element('div', {class: 'maps'}, ...own.map(map => map.figure));
  // Three or four small maps per row, or two full ones.
  const few = own.every(map => map.few) && own.length > 2;
  grid.style.setProperty('--map-width', own.length === 1 ? '100%' : !few ? '28rem' : [3, 5, 6, 9].includes(own.length) ? '20rem' : '15rem');
  if (own.length === 1) grid.style.maxWidth = '46rem';
  nodes.push(grid);
  return nodes;
}

// --- Controls of all maps

function choose(word) {
  byId('search').value = word === null ? '' : word;
  const found = maps.filter(map => map.mark(word)).length;
  const text = word === null ? '' : found === 0 ? `“${word}” is on no map` : maps.length === 1 ? 'on the map' : `on ${found} of ${maps.length} maps`;
  byId('found').textContent = text;
}

// The matching word: exact, in a different case, or the most frequent word with this prefix.
function wordLike(typed) {
  if (maps.some(map => map.index.has(typed))) return typed;
  const lower = typed.toLowerCase();
  const words = maps.map(map => map.map.words);
  for (const fits of [word => word.toLowerCase() === lower, word => typed.length > 1 && word.toLowerCase().startsWith(lower)]) {
    for (const list of words) {
      const found = list.find(fits);
      if (found !== undefined) return found;
    }
  }
  return null;
}

function search() {
  const typed = byId('search').value;
  const word = typed === '' ? null : wordLike(typed);
  choose(word);
  byId('search').value = typed;
  if (typed !== '') byId('found').textContent = word === null ? `no word like “${typed}” on the maps` : `${word}: ${byId('found').textContent}`;
}

function setMethod(method) {
  for (const button of byId('methods').children) {
    const checked = button.dataset.method === method;
    button.setAttribute('aria-checked', String(checked));
    button.tabIndex = checked ? 0 : -1;
  }
  maps.forEach(map => map.setMethod(method));
}

function buildToolbar() {
  byId('toolbar').hidden = maps.length === 0;
  byId('search').addEventListener('input', search);
  byId('search').addEventListener('keydown', event => { if (event.key === 'Escape') choose(null); });
  const methods = byId('methods');
  methods.hidden = !maps.some(map => map.map.pictures.length > 1);
  for (const [method, name] of Object.entries(METHOD_NAMES)) {
    const button = element('button', {type: 'button', role: 'radio', 'data-method': method}, name);
    button.addEventListener('click', () => setMethod(method));
    button.addEventListener('keydown', event => {
      if (!event.key.startsWith('Arrow')) return;
      event.preventDefault();
      const other = [...methods.children].find(node => node !== button);
      other.focus();
      other.click();
    });
    methods.append(button);
  }
}

function curvesText(section) {
  const isSpread = section.curves.some(curve => section.runs[curve.run].seeds > 1);
  const without = section.runs.filter((run, i) => run.seeds > 0 && !section.curves.some(curve => curve.run === i)).map(run => run.label);
  return 'Perplexity by epoch, on a logarithmic scale' + (section.curves.some(curve => curve.valid.length) ? '' : ', of the training split') + '.' +
      (isSpread ? ' Lines are means over the seeds, bands show their range.' : '') +
      (without.length ? ` Models without epochs have no curve: ${without.join(', ')}.` : '');
}

// --- Page

function sectionPart(section, number) {
  const part = element('section', {class: 'part', id: `part-${number}`}, element('h2', {}, section.title));
  if (section.corpus.length) part.append(factsList(section.corpus));
  part.append(element('div', {class: 'cards'}, ...section.runs.map(card)));
  byId('report').append(part);
  if (section.maps.length) part.append(...mapsPart(section));
  if (section.scores.length) part.append(...scoresPart(section));
  if (section.curves.length) {
    const host = element('figure', {class: 'curves'});
    part.append(element('h3', {}, 'Learning curves'), element('p', {class: 'quiet'}, curvesText(section)), host);
    redraws.push(drawCurves(host, section));
  }
  if (section.contexts.length) part.append(...contextsPart(section));
  if (section.neighbors.length) part.append(...neighborsPart(section));
}

const redraws = [];
function layoutAll() {
  redraws.forEach(redraw => redraw());
  maps.forEach(map => map.layout());
}

function buildPage() {
  byId('head').append(element('h1', {}, DATA.title));
  if (DATA.sections.length > 1) {
    byId('head').append(element('nav', {'aria-label': 'Parts'}, ...DATA.sections.map((section, i) => element('a', {href: `#part-${i}`}, section.title))));
  }
  DATA.sections.forEach(sectionPart);
  buildToolbar();
  setMethod('pca');
  byId('foot').append(element('small', {}, `Generated by wordbridge ${DATA.version.version}, commit ${DATA.version.commit}. Figures use D3.`));
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    layoutAll();
  });
}

buildPage();
