// A map of an embedding with words as points: zoom and pan, hover, and a chosen word with its
// neighbours. One-dimensional embeddings are shown as a number line, two-dimensional ones without
// projection.

// Safe for colour-blind readers (after Okabe and Ito). From the ninth group on, the next shape is
// used.
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#c264a0', '#e69f00', '#56b4e9', '#8a6a3c', '#7b61c4'];
const SHAPES = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle, d3.symbolDiamond, d3.symbolCross];
const FEW = 60;  // maps with at most this many words label all of them
const REACH = 24;  // pixels within which a point is hovered

function groupShape(group, size) {
  return d3.symbol().type(SHAPES[Math.floor(Math.max(group, 0) / COLORS.length) % SHAPES.length]).size(size)();
}

const METHOD_NAMES = {pca: 'PCA', tsne: 't-SNE'};
const percent = share => share === null ? '–' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

class WordMap {
  // `choose(word)` is called when a word is clicked.
  constructor(map, run, groups, choose) {
    Object.assign(this, {map, run, groups, choose, method: 'pca', chosen: -1, hovered: -1, group: -1});
    this.few = map.words.length <= FEW;
    this.dotSize = this.few ? 4.2 : map.words.length <= 400 ? 3.2 : 2.4;
    this.index = new Map(map.words.map((word, i) => [word, i]));
    this.transform = d3.zoomIdentity;
    this.build();
  }

  // Builds the figure's elements; layout() fills them.
  build() {
    this.figure = element('figure', {class: 'map'});
    this.kind = element('small');
    const tool = (text, title, action) => {
      const button = element('button', {type: 'button', title, 'aria-label': `${title}: ${this.run.label}`}, text);
      button.addEventListener('click', action);
      return button;
    };
    const title = element('div', {class: 'title'}, element('h4', {}, this.run.label),
        element('span', {class: 'tools'}, tool('+', 'Zoom in', () => this.zoomBy(1.6)),
            tool('−', 'Zoom out', () => this.zoomBy(1 / 1.6)), tool('↺', 'Whole map', () => this.reset())));
    this.svg = d3.create('svg').attr('class', 'plane').attr('tabindex', 0).attr('role', 'img');
    for (const layer of ['axes', 'links', 'leaders', 'dots', 'labels']) this[layer] = this.svg.append('g').attr('class', layer);
    this.nearest = element('p', {class: 'nearest'});
    this.quality = element('p');
    this.figure.append(title, this.kind, this.svg.node(), element('figcaption', {}, this.quality, this.nearest));
    this.listen();
  }

  listen() {
    const node = this.svg.node();
    this.zoom = d3.zoom().scaleExtent([1, 60])
        // The wheel and one-finger gestures scroll the page, unless the map has the focus.
        .filter(given => {
          const event = d3.event || given;  // D3 6 and later pass the event as an argument
          if (event.type === 'wheel') return event.ctrlKey || event.metaKey || document.activeElement === node;
          if (event.type.startsWith('touch')) return event.touches.length > 1;
          return event.type !== 'dblclick' && !event.button;
        })
        .on('zoom', () => {
          this.transform = d3.zoomTransform(node);
          this.render();
        });
    this.svg.call(this.zoom).style('touch-action', null);
    node.addEventListener('pointermove', event => this.hover(event));
    node.addEventListener('pointerleave', () => this.leave());
    node.addEventListener('dblclick', () => this.reset());
    node.addEventListener('click', event => {
      const found = this.pointAt(event);
      if (found) this.choose(found.word);
    });
    node.addEventListener('keydown', event => {
      const moves = {ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40]};
      if (event.key === '+' || event.key === '=') this.zoomBy(1.6);
      else if (event.key === '-') this.zoomBy(1 / 1.6);
      else if (event.key === '0') this.reset();
      else if (moves[event.key] && this.transform.k > 1) this.svg.call(this.zoom.translateBy, moves[event.key][0] / this.transform.k, moves[event.key][1] / this.transform.k);
      else return;
      event.preventDefault();
    });
  }

  zoomBy(factor) { this.svg.call(this.zoom.scaleBy, factor); }
  reset() { this.svg.call(this.zoom.transform, d3.zoomIdentity); }

  get isStrip() { return this.map.dim === 1; }
  get picture() {
    return this.map.pictures.find(picture => picture.method === this.method) || this.map.pictures[0];
  }

  setMethod(method) {
    this.method = method;
    this.layout();
    this.reset();
  }

  // Computes sizes and the positions of the points without zoom.
  layout() {
    this.width = Math.max(240, this.figure.clientWidth || 480);
    // The number line leaves room for the labels; it is in the middle if the labels are on both
    // sides.
    this.bothSides = this.few && this.map.words.length > FEW / 2;
    this.line = Math.round(this.bothSides ? this.width / 2 : this.few ? Math.max(52, this.width * 0.32) : 52);
    // High enough for a column of labels next to a number line; adjacent maps get the same height.
    const column = this.few ? Math.min(this.map.words.length, FEW / 2) * LINE + 26 : 0;
    this.height = Math.max(Math.round(Math.min(this.width * 0.82, 560)), column);
    const {width, height} = this;
    const xy = this.picture.xy;
    this.points = this.map.words.map((word, index) => ({
      index, word, group: this.map.groups[index], near: this.map.near[index],
      value: [xy[2 * index], xy[2 * index + 1]]})).filter(point => point.value[0] !== null);
    const [x0, x1] = d3.extent(this.points, point => point.value[0]);
    const [y0, y1] = d3.extent(this.points, point => point.value[1]);
    const side = this.few ? Math.min(46, width / 8) : 18;
    // The same scale for both axes, so that distances are meaningful.
    const across = this.isStrip ? 0 : (x1 - x0) / (width - 2 * side);
    const along = (this.isStrip ? x1 - x0 : y1 - y0) / (height - (this.isStrip ? 32 : 44));
    this.unit = 1 / (Math.max(across, along) || 1);
    const [mx, my] = this.isStrip ? [0, (x0 + x1) / 2] : [(x0 + x1) / 2, (y0 + y1) / 2];
    this.toScreen = ([x, y]) => [width / 2 + (x - mx) * this.unit, height / 2 - (y - my) * this.unit];
    this.toValue = (px, py) => [(px - width / 2) / this.unit + mx, my - (py - height / 2) / this.unit];
    for (const point of this.points) {
      [point.x0, point.y0] = this.toScreen(this.isStrip ? [0, point.value[0]] : point.value);
    }
    this.svg.attr('viewBox', `0 0 ${width} ${height}`).attr('height', height)
        .attr('aria-label', `Map of ${this.run.label}: ${this.points.length} words`);
    this.zoom.extent([[0, 0], [width, height]]).translateExtent([[-width / 8, -height / 8], [width * 9 / 8, height * 9 / 8]]);
    this.describe();
    this.drawDots();
    this.render();
  }

  describe() {
    const {dim} = this.map, {method, explained, kept} = this.picture;
    const seed = this.run.seeds > 1 ? `; the first of ${this.run.seeds} seeds` : '';
    if (dim <= 2) {
      this.kind.textContent = `${dim === 1 ? 'One dimension, not projected' : 'Two dimensions, not projected'}${seed}`;
      this.quality.textContent = '';
      return;
    }
    this.kind.textContent = `${METHOD_NAMES[method]}, from ${dim} dimensions${seed}`;
    const variance = method === 'pca' && explained !== null ? `${percent(explained)} of the variance and ` : '';
    this.quality.textContent = kept === null ? '' : `Keeps ${variance}${percent(kept)} of the nearest neighbours.`;
  }

  drawDots() {
    const area = Math.PI * this.dotSize * this.dotSize, anyGroup = this.groups.length > 0;
    this.dots.selectAll('path').data(this.points, point => point.index).join('path')
        .attr('class', anyGroup ? 'dot' : 'dot plain')
        .attr('d', point => groupShape(point.group, area))
        .style('fill', point => point.group < 0 ? null : COLORS[point.group % COLORS.length])
        .attr('data-word', point => point.word);
    // Words of groups are drawn on top.
    this.dots.selectAll('path').filter(point => point.group >= 0).raise();
  }

  // Draws everything that depends on the zoom and the chosen word.
  render() {
    const {transform} = this;
    for (const point of this.points) {
      point.x = this.isStrip ? this.line : transform.applyX(point.x0);
      point.y = transform.applyY(point.y0);
    }
    if (this.isStrip && !this.few) this.stack();
    const focus = this.hovered >= 0 ? this.hovered : this.chosen;
    const nearby = this.neighborsOf(focus);
    this.svg.classed('faded', this.group >= 0);
    this.dots.selectAll('path')
        .attr('transform', point => `translate(${point.x.toFixed(2)},${point.y.toFixed(2)})`)
        .classed('chosen', point => point.index === this.chosen || point.index === this.hovered)
        .classed('near', point => nearby.has(point.index))
        .classed('strong', point => point.group === this.group);
    const from = this.points.find(point => point.index === focus);
    this.links.selectAll('line').data(from ? this.points.filter(point => nearby.has(point.index)) : []).join('line')
        .attr('class', 'link').attr('x1', () => from.x).attr('y1', () => from.y)
        .attr('x2', point => point.x).attr('y2', point => point.y);
    this.drawAxes();
    this.drawLabels(nearby);
  }

  neighborsOf(index) {
    const near = index < 0 ? [] : this.map.near[index];
    return new Set(near.filter((_, i) => i % 2 === 0));
  }

  // With many words on a number line, words at the same height are placed side by side.
  stack() {
    const step = 2 * this.dotSize, rows = new Map();
    for (const point of this.points) {
      const row = Math.round(point.y / step);
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(point);
    }
    const longest = d3.max([...rows.values()], row => row.length);
    const gap = Math.min(step + 0.8, (this.width - 170) / longest);
    for (const row of rows.values()) row.forEach((point, i) => { point.x = this.line + i * gap; });
  }

  drawAxes() {
    const lines = [], texts = [];
    const {width, height, transform} = this;
    if (this.map.dim <= 2) {
      const [left, top] = this.toValue(transform.invertX(0), transform.invertY(0));
      const [right, bottom] = this.toValue(transform.invertX(width), transform.invertY(height));
      const format = value => String(+value.toPrecision(6)).replace('-', '−');
      for (const value of d3.ticks(bottom, top, Math.round(height / 70))) {
        const y = transform.applyY(this.toScreen([0, value])[1]);
        if (this.isStrip) lines.push([this.line - 6, y, this.line, y]);
        else if (value === 0) lines.push([0, y, width, y]);
        texts.push([this.isStrip && !this.bothSides ? this.line - 10 : 5, y + 3.5, format(value), this.isStrip && !this.bothSides ? 'end' : 'start']);
      }
      if (this.isStrip) {
        lines.push([this.line, 0, this.line, height]);
      } else {
        for (const value of d3.ticks(left, right, Math.round(width / 90))) {
          const x = transform.applyX(this.toScreen([value, 0])[0]);
          if (value === 0) lines.push([x, 0, x, height]);
          if (x > 30 && x < width - 12) texts.push([x, height - 5, format(value), 'middle']);
        }
      }
    }
    this.axes.selectAll('line').data(lines).join('line').attr('class', 'axis')
        .attr('x1', d => d[0]).attr('y1', d => d[1]).attr('x2', d => d[2]).attr('y2', d => d[3]);
    this.axes.selectAll('text').data(texts.filter(text => text[1] > 8 && text[1] < height - 2)).join('text').attr('class', 'tick')
        .attr('x', d => d[0]).attr('y', d => d[1]).attr('text-anchor', d => d[3]).text(d => d[2]);
  }

  drawLabels(nearby) {
    const chosen = point => point.index === this.chosen || point.index === this.hovered;
    const claim = point => chosen(point) ? 0 : nearby.has(point.index) ? 1 : point.group >= 0 && point.group === this.group ? 2 : point.group >= 0 ? 3 : 4;
    const visible = this.points.filter(point => point.x >= 0 && point.x <= this.width && point.y >= 0 && point.y <= this.height);
    const items = visible.map(point => ({point, x: point.x, y: point.y, claim: claim(point), must: chosen(point), width: textWidth(point.word, chosen(point)) + 4}));
    items.sort((a, b) => a.claim - b.claim || a.point.index - b.point.index);
    const area = {left: this.map.dim === 2 ? 24 : 2, right: this.width - 2, top: 2, bottom: this.height - (this.map.dim === 2 ? 16 : 2)};
    const placed = this.isStrip ? this.stripLabels(items) : placeLabels(items, area, this.dotSize, this.few);
    this.labels.selectAll('text').data(placed, d => d.item.point.index).join('text')
        .attr('class', 'label').classed('chosen', d => d.item.must).classed('strong', d => d.item.point.group === this.group)
        .attr('x', d => d.box.left + 2).attr('y', d => d.box.top + LINE - 3)
        .text(d => d.item.point.word);
    this.leaders.selectAll('line').data(placed.filter(d => d.leader)).join('line').attr('class', 'leader')
        .style('stroke', d => d.item.point.group < 0 ? null : COLORS[d.item.point.group % COLORS.length])
        .attr('x1', d => d.item.x).attr('y1', d => d.item.y)
        .attr('x2', d => Math.min(Math.max(d.item.x, d.box.left), d.box.right))
        .attr('y2', d => Math.min(Math.max(d.item.y, d.box.top + LINE / 2), d.box.bottom - LINE / 2));
  }

  // Labels next to a number line: few words are all labelled, spread out on one or both sides; of
  // many words, only those with enough space.
  stripLabels(items) {
    const right = Math.max(...items.map(item => item.x), this.line) + 26, left = this.line - 26;
    const line = (item, x, middle) => ({item, leader: true, box: {left: x, right: x + item.width, top: middle - LINE / 2, bottom: middle + LINE / 2}});
    if (!this.few) {
      const taken = new Taken();
      return items.map(item => line(item, right, item.y)).filter(({box, item}) => {
        const free = item.must || taken.isFree(box);
        if (free) taken.add(box);
        return free;
      });
    }
    const ordered = items.slice().sort((a, b) => a.y - b.y);
    const sides = this.bothSides ? 2 : 1, placed = [];
    for (let side = 0; side < sides; ++side) {
      const part = ordered.filter((_, i) => i % sides === side);
      const middles = spread(part.map(item => item.y), LINE, 10, this.height - 10);
      part.forEach((item, i) => placed.push(line(item, side === 0 ? right : left - item.width, middles[i])));
    }
    return placed;
  }

  pointAt(event) {
    const box = this.svg.node().getBoundingClientRect(), scale = this.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let best = null, nearest = REACH * REACH;
    for (const point of this.points) {
      const squares = (point.x - x) ** 2 + (point.y - y) ** 2;
      if (squares < nearest) [best, nearest] = [point, squares];
    }
    return best;
  }

  hover(event) {
    const found = event.buttons ? null : this.pointAt(event);
    const index = found ? found.index : -1;
    if (found) showTip(event, this.tipOf(found));
    else hideTip();
    if (index === this.hovered) return;
    this.hovered = index;
    this.render();
  }

  leave() {
    hideTip();
    if (this.hovered < 0) return;
    this.hovered = -1;
    this.render();
  }

  tipOf(point) {
    const parts = [element('b', {}, point.word)];
    if (point.group >= 0) parts.push(element('span', {class: 'quiet'}, `  ${this.groups[point.group]}`));
    const near = this.nearTexts(point.index);
    if (near.length) parts.push(element('p', {}, near.map(([word, value]) => `${word} ${value}`).join(', ')));
    return parts;
  }

  // [word, "0.83"] for each neighbour on the map.
  nearTexts(index) {
    const near = this.map.near[index], texts = [];
    for (let i = 0; i < near.length; i += 2) {
      texts.push([this.map.words[near[i]], near[i + 1].toFixed(2)]);
    }
    return texts;
  }

  // Marks a word (null: none) and lists its neighbours below the map. Returns whether the word is
  // on the map.
  mark(word) {
    const index = word !== null && this.index.has(word) ? this.index.get(word) : -1;
    this.chosen = index;
    this.nearest.textContent = '';
    if (index >= 0) {
      this.nearest.append(element('b', {}, word), ` by ${this.map.measure}: `);
      this.nearTexts(index).forEach(([near, value], i) => {
        const button = element('button', {type: 'button', class: 'word'}, near);
        button.addEventListener('click', () => this.choose(near));
        this.nearest.append(i ? ', ' : '', button, element('span', {class: 'quiet'}, ` ${value}`));
      });
    } else if (word !== null) {
      this.nearest.append(element('span', {class: 'quiet'}, `“${word}” is not on this map.`));
    }
    this.render();
    return index >= 0;
  }

  emphasize(group) {
    this.group = group;
    this.render();
  }
}
