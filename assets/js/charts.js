// Draws <figure data-chart="bar|stacked|line|funnel"> from the table inside it: the first column holds the labels,
// every further column is a series, the head row names them. The table stays for everybody who prefers it.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

/** A cell's number: data-value when the text is formatted, otherwise the text; null when nothing was measured. */
function numberOf(cell) {
  const text = (cell.dataset.value ?? cell.textContent).replace(/[\s,%]/g, '');
  return text === '' || Number.isNaN(Number(text)) ? null : Number(text);
}

function draw(figure) {
  const kind = figure.dataset.chart;
  const [head, ...rest] = figure.querySelector('table').rows;
  const rows = rest.filter((row) => !row.closest('tfoot'));
  const style = getComputedStyle(figure);
  const colour = (name) => style.getPropertyValue(name).trim();
  const palette = [1, 2, 3, 4, 5, 6].map((n) => colour(`--sb-chart-${n}`));
  const line = kind === 'line';
  const ink = colour('--sb-chart-ink');
  const font = { family: style.fontFamily, size: Number.parseFloat(style.fontSize) * 0.875 };
  const values = rows.map((row) => [...row.cells].slice(1).map(numberOf));
  // People are counted in whole numbers.
  const whole = values.flat().every((value) => value === null || Number.isInteger(value));
  const ticks = { color: ink, font, ...(whole && { precision: 0 }) };
  const axis = { ticks, grid: { color: colour('--sb-chart-grid') }, beginAtZero: true };
  const canvas = figure.querySelector('canvas');
  canvas.parentElement.hidden = false;
  return new Chart(canvas, {
    type: line ? 'line' : 'bar',
    data: {
      labels: rows.map((row) => row.cells[0].textContent.trim()),
      datasets: [...head.cells].slice(1).map((cell, i) => ({
        label: cell.textContent.trim(),
        data: values.map((row) => row[i] ?? null),
        backgroundColor: palette[i % palette.length],
        borderColor: palette[i % palette.length],
        borderDash: line && i % 2 === 1 ? [6, 3] : [],
        pointStyle: ['circle', 'rect', 'triangle', 'rectRot', 'star', 'cross'][i % 6],
        pointRadius: 4,
        maxBarThickness: 36,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: kind === 'funnel' ? 'y' : 'x',
      scales: { x: { ...axis, stacked: kind === 'stacked' }, y: { ...axis, stacked: kind === 'stacked' } },
      plugins: {
        legend: { display: head.cells.length > 2, labels: { color: ink, font, usePointStyle: line } },
        tooltip: { titleFont: font, bodyFont: font },
      },
    },
  });
}

let charts = [];
function drawAll() {
  for (const chart of charts) chart.destroy();
  charts = [...document.querySelectorAll('figure[data-chart]')].map(draw);
}
drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
document.addEventListener('htmx:afterSettle', (event) => event.target.querySelector?.('[data-chart]') && drawAll());
