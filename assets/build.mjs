// Makes assets/dist, the files the server hands to browsers:
//   app.css     Tabler reduced to what our templates use, then our own rules
//   app.js      htmx and our own enhancements
//   charts.js   loaded by pages that show a chart
//   signature.js  loaded by pages on which somebody signs
//   icons.svg   one sprite; the names are in icons.json
//   logo.svg favicon.svg, img/*
//   licences.txt  of what others made and we pass on
// `node assets/build.mjs`          once
// `node assets/build.mjs --watch`  again whenever assets or templates change
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import postcss from 'postcss';
import { PurgeCSS } from 'purgecss';

const assets = dirname(fileURLToPath(import.meta.url));
const root = dirname(assets);
const dist = join(assets, 'dist');
const modules = join(root, 'node_modules');
const browsers = ['chrome100', 'edge100', 'firefox100', 'safari15.4'];

/**
 * Dark colours, as Tabler and we write them under [data-bs-theme=dark], must also hold under
 * [data-bs-theme=auto] when the system is dark. Doing that here needs no script and never flashes.
 * All of them are limited to the screen: paper is always light.
 */
const darkThemes = {
  postcssPlugin: 'dark-themes',
  Once(sheet, { AtRule }) {
    const dark = /\[data-bs-theme=["']?dark["']?\]/;
    sheet.walkRules((rule) => {
      const themed = rule.selectors.filter((selector) => dark.test(selector));
      if (themed.length === 0 || rule.parent?.name === 'media') return;
      const plain = rule.selectors.filter((selector) => !dark.test(selector));
      const explicit = rule.clone({ selectors: themed });
      const followed = rule.clone({
        selectors: themed.map((selector) => selector.replace(new RegExp(dark, 'g'), '[data-bs-theme=auto]')),
      });
      const screen = new AtRule({ name: 'media', params: 'screen' }).append(explicit);
      const system = new AtRule({ name: 'media', params: 'screen and (prefers-color-scheme: dark)' }).append(followed);
      rule.after(system);
      rule.after(screen);
      if (plain.length > 0) rule.selectors = plain;
      else rule.remove();
    });
  },
};

/** Tables whose rows become cards, and the width of the page from which they stay tables: fields in rows need more room. */
const CARDS = [
  ['.table-list', '37.5rem'],
  ['.table-entry', '62rem'],
];

/** The rules of table-cards.css for each kind of table, under the condition that it has no room. */
const cards = {
  name: 'cards',
  setup(build) {
    build.onLoad({ filter: /table-cards\.css$/ }, async ({ path }) => {
      const rules = await readFile(path, 'utf8');
      const asked = ([kind, room]) => `@media screen{@container page (max-width:${room}){${rules.replaceAll('.table-cards', kind)}}}`;
      return { contents: CARDS.map(asked).join('\n'), loader: 'css' };
    });
  },
};

async function stylesheet() {
  const own = await esbuild.build({
    entryPoints: [join(assets, 'css/app.css')],
    plugins: [cards],
    bundle: true,
    write: false,
    external: ['/assets/*'],
    target: browsers,
  });
  const framework = await readFile(join(modules, '@tabler/core/dist/css/tabler.css'), 'utf8');
  const [reduced] = await new PurgeCSS().purge({
    content: [join(root, 'templates/**/*.html'), join(assets, 'js/*.js')],
    css: [{ raw: framework.replace(/^@charset[^;]*;/, '') }],
    fontFace: true,
    keyframes: true,
    safelist: { standard: ['html', 'body', /^data-bs-theme/] },
  });
  const themed = await postcss([darkThemes]).process(
    `@layer framework{${withoutUnusedVariables(reduced.css, own.outputFiles[0].text)}}\n${own.outputFiles[0].text}`,
    { from: undefined },
  );
  const { code } = await esbuild.transform(themed.css, { loader: 'css', minify: true, target: browsers });
  await put('app.css', await pictureFiles(code));
}

/** Drops Tabler's custom properties that neither Tabler's remaining rules nor ours read. */
function withoutUnusedVariables(framework, own) {
  const sheet = postcss.parse(framework);
  for (;;) {
    const read = new Set(`${sheet}${own}`.match(/var\(\s*--[\w-]+/g)?.map((use) => use.replace(/var\(\s*/, '')));
    const dead = [];
    sheet.walkDecls(/^--/, (declaration) => void (read.has(declaration.prop) || dead.push(declaration)));
    if (dead.length === 0) break;
    for (const declaration of dead) declaration.remove();
  }
  sheet.walkRules((rule) => void (rule.nodes.length === 0 && rule.remove()));
  return sheet.toString();
}

/** The content security policy allows no data: addresses, so pictures inside the CSS become files. */
async function pictureFiles(css) {
  const inline = /url\((["'])data:image\/svg\+xml(;charset=utf-8)?,(.*?)\1\)/g;
  for (const [whole, , , body] of new Set(css.matchAll(inline))) {
    const svg = decodeURIComponent(body.replace(/\\(["'])/g, '$1'));
    const name = `img/${createHash('sha256').update(svg).digest('hex').slice(0, 8)}.svg`;
    await put(name, svg);
    css = css.replaceAll(whole, `url(/assets/${name})`);
  }
  if (css.includes('url(data:') || css.includes('url("data:')) throw new Error('a data: address is left in app.css');
  return css;
}

async function scripts() {
  await esbuild.build({
    entryPoints: { app: join(assets, 'js/app.js'), charts: join(assets, 'js/charts.js'), signature: join(assets, 'js/signature.js') },
    outdir: dist,
    bundle: true,
    minify: true,
    format: 'iife',
    legalComments: 'none',
    target: browsers,
  });
}

async function icons() {
  const names = JSON.parse(await readFile(join(assets, 'icons.json'), 'utf8'));
  const symbols = await Promise.all(
    Object.entries(names).map(async ([name, drawing]) => {
      const svg = await readFile(join(modules, `@tabler/icons/icons/outline/${drawing}.svg`), 'utf8');
      const body = svg
        .slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
        .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', '')
        .replace(/\s*\n\s*/g, ' ');
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
    }),
  );
  await put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('\n')}</svg>\n`);
}

/** The notices that the MIT licences ask to go with every copy. Tabler's package has none of its own: icons' is the same. */
async function licences() {
  const notices = await Promise.all(
    Object.entries({
      'Tabler (CSS and icons)': '@tabler/icons/LICENSE',
      htmx: 'htmx.org/LICENSE',
      'Chart.js': 'chart.js/LICENSE.md',
      '@kurkle/color': '@kurkle/color/LICENSE.md',
      signature_pad: 'signature_pad/LICENSE',
    }).map(async ([name, file]) => `${name}\n\n${await readFile(join(modules, file), 'utf8')}`),
  );
  await put('licences.txt', notices.join('\n\n----\n\n'));
}

async function put(name, text) {
  const file = join(dist, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

async function build() {
  const start = performance.now();
  await mkdir(dist, { recursive: true });
  await Promise.all([
    stylesheet(),
    scripts(),
    icons(),
    licences(),
    ...['logo.svg', 'favicon.svg'].map((name) => copyFile(join(assets, 'img', name), join(dist, name))),
  ]);
  const sizes = await Promise.all(
    ['app.css', 'app.js', 'charts.js', 'icons.svg'].map(
      async (name) => `${name} ${Math.round((await stat(join(dist, name))).size / 1024)} kB`,
    ),
  );
  console.log(`assets/dist: ${sizes.join(', ')} in ${Math.round(performance.now() - start)} ms`);
}

if (process.argv.includes('--watch')) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((error) => console.error(String(error))), 150);
  };
  for (const folder of ['css', 'js', 'img']) watch(join(assets, folder), { recursive: true }, again);
  watch(join(assets, 'icons.json'), again);
  watch(join(root, 'templates'), { recursive: true }, again);
  again();
} else {
  await rm(dist, { recursive: true, force: true });
  await build();
}
