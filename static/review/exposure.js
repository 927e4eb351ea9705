// How A's colours become B's: a slope and an intercept for each of red, green and blue, fitted where
// both show the same. What was changed, as a caption, must not pull the fit: the samples that fit
// worst are left out, again and again (least trimmed squares, Rousseeuw 1984).

import { Alignment } from "./layers.js";

const SIDE = 240;
const ACROSS = 64;
const KEPT = 0.6;
const ROUNDS = 8;
const FEWEST = 60;
const SVG = "http://www.w3.org/2000/svg";
const UNCHANGED = [1, 0];

function pixelsOf(img) {
  const shrink = Math.min(1, SIDE / Math.max(img.naturalWidth, img.naturalHeight));
  const [width, height] = [img.naturalWidth, img.naturalHeight].map((side) => Math.max(1, Math.round(side * shrink)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(img, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function colourAt({ data, width, height }, [x, y]) {
  const at = 4 * (Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width)));
  return [data[at], data[at + 1], data[at + 2]].map((value) => value / 255);
}

// Returns pairs of colours, of A and of B, at the same places.
function samplesOf(query, item, { a, b, back }) {
  const samples = [];
  for (let cell = 0; cell < ACROSS * ACROSS; cell += 1) {
    const place = [(cell % ACROSS + 0.5) / ACROSS, (Math.floor(cell / ACROSS) + 0.5) / ACROSS];
    const from = Alignment.carried(back, [place[0] * b[0], place[1] * b[1]])?.map((each, axis) => each / a[axis]);
    if (from?.every((each) => each >= 0 && each < 1)) samples.push([colourAt(query, from), colourAt(item, place)]);
  }
  return samples;
}

function lineThrough(points) {
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (const [x, y] of points) {
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = points.length * sumXX - sumX * sumX;
  if (spread < 1e-6 * points.length ** 2) return UNCHANGED;
  const slope = (points.length * sumXY - sumX * sumY) / spread;
  return [slope, (sumY - slope * sumX) / points.length];
}

function trimmedLine(points) {
  // What is clipped says nothing about how bright it was.
  const clear = points.filter((point) => point.every((value) => value > 0.01 && value < 0.99));
  if (clear.length < FEWEST) return UNCHANGED;
  const errorOf = ([slope, intercept], [x, y]) => Math.abs(slope * x + intercept - y);
  const most = Math.round(KEPT * clear.length);
  let line = UNCHANGED;
  for (let round = 0; round < ROUNDS; round += 1) {
    line = lineThrough(round ? [...clear].sort((p, q) => errorOf(line, p) - errorOf(line, q)).slice(0, most) : clear);
  }
  const [slope, intercept] = line;
  const isLikely = slope > 0.25 && slope < 4 && Math.abs(intercept) < 0.5 && slope + intercept > 0.25;
  return isLikely ? line : UNCHANGED;
}

export function linesOf(query, item, alignment) {
  const samples = samplesOf(pixelsOf(query), pixelsOf(item), alignment);
  return [0, 1, 2].map((channel) => trimmedLine(samples.map(([from, to]) => [from[channel], to[channel]])));
}

function make(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const transferOf = (lines) => make("feComponentTransfer", {}, ...lines.map(
  ([slope, intercept], at) => make(`feFunc${"RGB"[at]}`, { type: "linear", slope, intercept }),
));

const filterOf = (id, ...transfers) => make(
  "filter", { id, "color-interpolation-filters": "sRGB", x: 0, y: 0, width: 1, height: 1 }, ...transfers,
);

// Returns two SVG filters: one brings A's colours to B's; the other takes from B what lies beyond
// the brightest and darkest that A can have then, as where A is blown out.
export function filtersOf(lines, idOfA, idOfB) {
  const ranges = lines.map(([slope, intercept]) => [Math.max(0, intercept), Math.min(1, slope + intercept)]);
  const clip = transferOf(ranges.map(([low, high]) => [1 / (high - low), -low / (high - low)]));
  const restore = transferOf(ranges.map(([low, high]) => [high - low, low]));
  const filters = [filterOf(idOfA, transferOf(lines)), filterOf(idOfB, clip, restore)];
  return make("svg", { class: "lens-filter", "aria-hidden": "true", width: 0, height: 0 }, ...filters);
}
