// Label placement on maps.

const LINE = 13;  // line height of a label, in pixels

const measure = document.createElement('canvas').getContext('2d');
const widths = new Map();
function textWidth(text, bold) {
  const key = (bold ? 'b' : 'n') + text;
  if (!widths.has(key)) {
    const family = getComputedStyle(document.body).fontFamily;
    measure.font = `${bold ? 700 : 400} 11px ${family}`;
    widths.set(key, measure.measureText(text).width);
  }
  return widths.get(key);
}

// Occupied rectangles, indexed by grid cell.
class Taken {
  constructor() {
    this.cells = new Map();
  }
  keys(box) {
    const keys = [];
    for (let i = Math.floor(box.left / 40); i <= Math.floor(box.right / 40); ++i) {
      for (let j = Math.floor(box.top / 40); j <= Math.floor(box.bottom / 40); ++j) keys.push(i + ',' + j);
    }
    return keys;
  }
  isFree(box) {
    return this.keys(box).every(key => (this.cells.get(key) || []).every(other =>
      other.right <= box.left || other.left >= box.right || other.bottom <= box.top || other.top >= box.bottom));
  }
  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }
}

// Eight directions around a point: right, left, above, below, and between.
const DIRECTIONS = [[1, 0], [-1, 0], [0, -1], [0, 1], [0.75, -0.75], [-0.75, -0.75], [0.75, 0.75], [-0.75, 0.75]];

function boxAt(item, direction, distance) {
  const x = item.x + direction[0] * distance, y = item.y + direction[1] * distance;
  // The side of the text nearest to the point touches it.
  const left = direction[0] > 0.1 ? x : direction[0] < -0.1 ? x - item.width : x - item.width / 2;
  const top = y - LINE / 2 + (direction[0] === 0 ? direction[1] * LINE / 2 : 0);
  return {left, right: left + item.width, top, bottom: top + LINE};
}

// Greedy: places the items in order of priority at the first free position around their points.
// With `all`, items without a free position are placed farther out with a leader line.
// Items: {x, y, width, must}.
function placeLabels(items, area, dotSize, all) {
  const taken = new Taken(), placed = [];
  if (all) {
    for (const {x, y} of items) taken.add({left: x - dotSize, right: x + dotSize, top: y - dotSize, bottom: y + dotSize});
  }
  const fits = box => box.left >= area.left && box.right <= area.right && box.top >= area.top &&
      box.bottom <= area.bottom && taken.isFree(box);
  for (const item of items) {
    const distances = all || item.must ? [dotSize + 3, 16, 26, 38, 52, 70, 90] : [dotSize + 3];
    let found = null;
    for (const distance of distances) {
      for (const direction of DIRECTIONS) {
        const box = boxAt(item, direction, distance);
        if (!fits(box)) continue;
        found = {item, box, leader: distance > dotSize + 3};
        break;
      }
      if (found) break;
    }
    if (!found && item.must) found = {item, box: boxAt(item, DIRECTIONS[0], dotSize + 3), leader: false};
    if (!found) continue;
    taken.add(found.box);
    placed.push(found);
  }
  return placed;
}

// Moves ascending positions as little as possible (least squares) so that they are `gap` apart and
// within [low, high]: pools adjacent violators.
function spread(positions, gap, low, high) {
  const pools = [];
  positions.forEach((position, i) => {
    pools.push({sum: position - i * gap, size: 1});
    for (let n = pools.length; n > 1 && pools[n - 2].sum / pools[n - 2].size > pools[n - 1].sum / pools[n - 1].size; n = pools.length) {
      const last = pools.pop();
      pools[n - 2].sum += last.sum;
      pools[n - 2].size += last.size;
    }
  });
  const top = Math.max(low, high - (positions.length - 1) * gap), result = [];
  for (const pool of pools) {
    const mean = Math.min(Math.max(pool.sum / pool.size, low), top);
    for (let i = 0; i < pool.size; ++i) result.push(mean + result.length * gap);
  }
  return result;
}
