// Learning curves: perplexity by epoch on a logarithmic scale, so that equal steps are equal losses.

function drawCurves(host, section) {
  const curves = section.curves;
  const svg = d3.create('svg').attr('class', 'plane').attr('tabindex', 0).attr('role', 'img')
      .attr('aria-label', 'Perplexity by epoch');
  const color = curve => COLORS[curves.indexOf(curve) % COLORS.length];
  const dash = curve => curves.indexOf(curve) >= COLORS.length ? '7 3' : null;
  const all = [].concat(...curves.map(curve => [...curve.train, ...curve.valid]));
  const epochs = [...new Set(all.map(point => point[0]))].sort((a, b) => a - b);
  let x, y, cursor;

  function layout() {
    const width = Math.max(280, host.clientWidth || 800), height = Math.round(Math.min(360, Math.max(230, width * 0.4)));
    const margin = {left: 50, right: 16, top: 12, bottom: 36};
    svg.attr('viewBox', `0 0 ${width} ${height}`).attr('height', height).selectAll('*').remove();
    x = d3.scaleLinear([Math.min(...epochs), Math.max(...epochs)], [margin.left, width - margin.right]);
    if (epochs.length === 1) x = () => (margin.left + width - margin.right) / 2;
    const [lowest, highest] = d3.extent(all, point => point[1]), air = Math.max((highest / lowest) ** 0.06, 1.01);
    y = d3.scaleLog([lowest / air, highest * air], [height - margin.bottom, margin.top]);
    drawGrid(width, height, margin);
    for (const curve of curves) {
      for (const part of ['train', 'valid']) drawLine(curve, part);
    }
    cursor = svg.append('line').attr('class', 'cursor').attr('y1', margin.top).attr('y2', height - margin.bottom).attr('visibility', 'hidden');
  }

  function drawGrid(width, height, margin) {
    const [low, high] = y.domain();
    // A logarithmic scale of less than a decade has few round ticks.
    const ticks = high / low > 30 ? y.ticks(5).filter(tick => /^[125]/.test(String(tick / 10 ** Math.floor(Math.log10(tick))))) : d3.ticks(low, high, 5);
    for (const tick of ticks) {
      svg.append('line').attr('class', 'axis').attr('x1', margin.left).attr('x2', width - margin.right).attr('y1', y(tick)).attr('y2', y(tick));
      svg.append('text').attr('class', 'tick').attr('x', margin.left - 8).attr('y', y(tick) + 3.5).attr('text-anchor', 'end').text(tick >= 1000 ? d3.format(',')(tick) : +tick.toPrecision(4));
    }
    const step = Math.max(1, Math.ceil(epochs.length / Math.max(2, Math.floor(width / 60))));
    for (const epoch of epochs.filter((_, i) => i % step === 0)) {
      svg.append('text').attr('class', 'tick').attr('x', x(epoch)).attr('y', height - margin.bottom + 16).attr('text-anchor', 'middle').text(epoch);
    }
    svg.append('text').attr('class', 'tick').attr('x', width - margin.right).attr('y', height - 4).attr('text-anchor', 'end').text('epoch');
  }

  function drawLine(curve, part) {
    const points = curve[part];
    const isSpread = points.some(point => point[3] > point[2]);
    if (isSpread && part === 'valid' || isSpread && !curve.valid.length) {
      svg.append('path').attr('class', 'spread').attr('fill', color(curve)).attr('d',
          d3.area().x(point => x(point[0])).y0(point => y(point[2])).y1(point => y(point[3]))(points));
    }
    svg.append('path').attr('class', `line ${part === 'train' && curve.valid.length ? 'train' : 'main'}`).attr('stroke', color(curve)).attr('stroke-dasharray', part === 'valid' || !curve.valid.length ? dash(curve) : null)
        .attr('d', d3.line().x(point => x(point[0])).y(point => y(point[1]))(points));
    if (points.length > 30) return;
    svg.append('g').selectAll('circle').data(points).join('circle').attr('r', part === 'valid' ? 2.6 : 1.8)
        .attr('fill', color(curve)).attr('cx', point => x(point[0])).attr('cy', point => y(point[1]));
  }

  function show(epoch, event) {
    cursor.attr('visibility', 'visible').attr('x1', x(epoch)).attr('x2', x(epoch));
    const parts = ['train', 'valid'].filter(part => curves.some(curve => curve[part].length));
    const text = value => value === undefined ? '–' : value.toPrecision(4);
    const rows = curves.map(curve => element('tr', {}, element('th', {}, section.runs[curve.run].label),
        ...parts.map(part => element('td', {}, text((curve[part].find(point => point[0] === epoch) || [])[1])))));
    const head = element('tr', {}, element('th', {}, `epoch ${epoch}`), ...parts.map(part => element('td', {class: 'quiet'}, part)));
    showTip(event, [element('table', {}, head, ...rows)]);
  }

  function leave() {
    cursor.attr('visibility', 'hidden');
    hideTip();
  }

  const node = svg.node();
  let at = 0;
  node.addEventListener('pointermove', event => {
    const box = node.getBoundingClientRect(), px = (event.clientX - box.left) * node.viewBox.baseVal.width / box.width;
    at = d3.scan(epochs, (a, b) => Math.abs(x(a) - px) - Math.abs(x(b) - px));
    show(epochs[at], event);
  });
  node.addEventListener('pointerleave', leave);
  node.addEventListener('blur', leave);
  node.addEventListener('keydown', event => {
    const move = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!move) return;
    event.preventDefault();
    at = Math.min(Math.max(at + move, 0), epochs.length - 1);
    const box = node.getBoundingClientRect();
    show(epochs[at], {clientX: box.left + x(epochs[at]), clientY: box.top + 30});
  });

  const key = (stroke, dashes, text) => {
    const line = d3.create('svg').attr('width', 24).attr('height', 8);
    line.append('line').attr('x1', 0).attr('x2', 24).attr('y1', 4).attr('y2', 4).attr('stroke', stroke).attr('stroke-width', 2).attr('stroke-dasharray', dashes);
    return element('li', {class: 'key'}, line.node(), text);
  };
  const legend = element('ul', {class: 'legend'}, ...curves.map(curve => key(color(curve), dash(curve), section.runs[curve.run].label)));
  if (curves.some(curve => curve.valid.length)) {
    legend.append(key('currentColor', null, 'validation'), key('currentColor', '4 3', 'training'));
  }
  host.append(legend, node);
  layout();
  return layout;
}
